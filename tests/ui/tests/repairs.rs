//! What messages tell to write compiles: behind each `// was:` stand stages that are wrong in some way, and below them the same
//! stages as the message about them says. `fastts-macros/src/tests/repairs.rs` holds the messages against this file.
#![deny(warnings)]

fastts_core::router! {
    // was: where(environment == "PROD"); stdout
    pipeline "1" { where(attribute("environment") == "PROD"); stdout }
    // was: by(container) { stdout }
    pipeline "2" { by(attribute("container")) { stdout } }
    // was: by("container") { stdout }
    pipeline "3" { by(attribute("container")) { stdout } }
    // was: by("host", "container") { stdout }
    pipeline "4" { by(host, attribute("container")) { stdout } }
    // was: by(:container) { stdout }
    pipeline "5" { by(attribute("container")) { stdout } }
    // was: by([:host :container]) { stdout }
    pipeline "6" { by(host, attribute("container")) { stdout } }
    // was: by({host}) { stdout }
    pipeline "7" { by(host) { stdout } }
    // was: changed("az"); stdout
    pipeline "8" { changed(attribute("az")); stdout }
    // was: changed(az); stdout
    pipeline "9" { changed(attribute("az")); stdout }
    // was: with(env = "x"); stdout
    pipeline "10" { with(attribute("env") = "x"); stdout }
    // was: with(service = region); stdout
    pipeline "11" { with(service = attribute("region")); stdout }
    // was: where(region =~ "^eu"); stdout
    pipeline "12" { where(attribute("region") =~ "^eu"); stdout }
    // was: split { environment == "a" => stdout, _ => index }
    pipeline "13" { split { attribute("environment") == "a" => stdout, _ => index } }
    // was: where(cores > 5.0); stdout
    pipeline "14" { filter(|event| event.attribute("cores").and_then(|text| text.parse().ok()).is_some_and(|number: f64| number > 5.0)); stdout }
    // was: where(hostname == "a"); stdout
    pipeline "15" { where(host == "a"); stdout }
    // was: where(state == ok); stdout
    pipeline "16" { where(state == "ok"); stdout }
    // was: where(attribute(env) == "x"); stdout
    pipeline "17" { where(attribute("env") == "x"); stdout }
    // was: where(tagged(prod)); stdout
    pipeline "18" { where(tagged("prod")); stdout }
    // was: where(tagged_any([prod, dev])); stdout
    pipeline "19" { where(tagged_any(["prod", "dev"])); stdout }
    // was: where(event.metric > 5); stdout
    pipeline "20" { where(metric > 5); stdout }
    // was: where(e.state == "ok"); stdout
    pipeline "21" { where(state == "ok"); stdout }
    // was: where(event["env"] == "x"); stdout
    pipeline "22" { where(attribute("env") == "x"); stdout }
    // was: where(.metric > 5); stdout
    pipeline "23" { where(metric > 5); stdout }
    // was: where(.tags.env == "x"); stdout
    pipeline "24" { where(attribute("env") == "x"); stdout }
    // was: where(attributes["env"] == "x"); stdout
    pipeline "25" { where(attribute("env") == "x"); stdout }
    // was: where($host == "a"); stdout
    pipeline "26" { where(host == "a"); stdout }
    // was: with(service = service + " rate"); stdout
    pipeline "27" { with(service = text("{service} rate")); stdout }
    // was: with(service = format!("{} rate", service)); stdout
    pipeline "28" { with(service = text("{service} rate")); stdout }
    // was: with(service = format!("{service} rate")); stdout
    pipeline "29" { with(service = text("{service} rate")); stdout }
    // was: with(service = str(service, " rate")); stdout
    pipeline "30" { with(service = text("{service} rate")); stdout }
    // was: with(service = service <> " rate"); stdout
    pipeline "31" { with(service = text("{service} rate")); stdout }
    // was: with(service = "{service} rate"); stdout
    pipeline "32" { with(service = text("{service} rate")); stdout }
    // was: with(description = host + " is " + state); stdout
    pipeline "33" { with(description = text("{host} is {state}")); stdout }
    // was: with(attribute("k") = format!("on {host}")); stdout
    pipeline "34" { with(attribute("k") = text("on {host}")); stdout }
    // was: where(service =~ /^api/); stdout
    pipeline "35" { where(service =~ "^api"); stdout }
    // was: where(service =~ ~r/^api/); stdout
    pipeline "36" { where(service =~ "^api"); stdout }
    // was: where(service =~ Regex::new("^api").unwrap()); stdout
    pipeline "37" { where(service =~ "^api"); stdout }
    // was: where(service =~ "^(?!riemann)"); stdout
    pipeline "38" { where(!(service =~ "^riemann")); stdout }
    // was: where(service =~ "api(?!-test)"); stdout
    pipeline "39" { where(service =~ "api" && !(service =~ "api-test")); stdout }
    // was: where(service =~ "/api/i"); stdout
    pipeline "40" { where(service =~ "(?i)api"); stdout }
    // was: where(service =~ "api%"); stdout
    pipeline "41" { where(service =~ "api.*"); stdout }
    // was: where(service == "api*"); stdout
    pipeline "42" { where(service =~ "^api"); stdout }
    // was: where(service == "*api"); stdout
    pipeline "43" { where(service =~ "api$"); stdout }
    // was: where(metric > 5) { stdout } else { index }
    pipeline "44" { split { metric > 5 => { stdout }, _ => { index } } }
    // was: over(5) { stdout } else { index }
    pipeline "45" { split { metric > 5 => { stdout }, _ => { index } } }
    // was: where(metric > 5) { stdout } where(metric < 3) { index }
    pipeline "46" { tee { { where(metric > 5); stdout } { where(metric < 3); index } } }
    // was: expired { stdout } not_expired { index }
    pipeline "47" { tee { { expired; stdout } { not_expired; index } } }
    // was: where(metric > 5) { stdout }
    pipeline "48" { where(metric > 5); stdout }
    // was: rate(5) { stdout; index }
    pipeline "49" { rate(5); stdout; index }
    // was: where(!expired?); stdout
    pipeline "50" { where(!expired); stdout }
    // was: where(nil?(host)); stdout
    pipeline "51" { where(host == None); stdout }
    // was: where(tagged-any?(["x"])); stdout
    pipeline "52" { where(tagged_any(["x"])); stdout }
    // was: split { "ok" => stdout, _ => index }
    pipeline "53" { split { state == "ok" => stdout, _ => index } }
    // was: split { 5 => stdout, _ => index }
    pipeline "54" { split { metric == 5 => stdout, _ => index } }
    // was: split state { "ok" => stdout, _ => index }
    pipeline "55" { split { state == "ok" => stdout, _ => index } }
    // was: split(state) { "ok" | "up" => stdout, _ => index }
    pipeline "56" { split { state == "ok" || state == "up" => stdout, _ => index } }
    // was: match metric { 0..5 => stdout, _ => index }
    pipeline "57" { split { metric >= 0 && metric < 5 => stdout, _ => index } }
    // was: map(|e| { e.state = "x"; e }); stdout
    pipeline "58" { with(state = "x"); stdout }
    // was: map(|e| { e.metric *= 2; e }); stdout
    pipeline "59" { with(metric = metric * 2); stdout }
    // was: map(|e| { e["env"] = "x"; e }); stdout
    pipeline "60" { with(attribute("env") = "x"); stdout }
    // was: map(|e| { e.tags.push("x"); e }); stdout
    pipeline "61" { tag("x"); stdout }
    // was: rename(service, "x"); stdout
    pipeline "62" { with(service = attribute("name"), attribute("name") = None); stdout }
    // was: where(state == :ok); stdout
    pipeline "63" { where(state == "ok"); stdout }
    // was: changed(state, init = :ok); stdout
    pipeline "64" { changed(state, init = "ok"); stdout }
    // was: tag(:prod); stdout
    pipeline "65" { tag("prod"); stdout }
    // was: with(host = nil); stdout
    pipeline "66" { with(host = None); stdout }
    // was: where(host == nil); stdout
    pipeline "67" { where(host == None); stdout }
    // was: with(state = "a"; metric = 2); stdout
    pipeline "68" { with(state = "a", metric = 2); stdout }
    // was: with(state = "a" metric = 2); stdout
    pipeline "69" { with(state = "a", metric = 2); stdout }
    // was: with(state = "a" && metric = 2); stdout
    pipeline "70" { with(state = "a", metric = 2); stdout }
    // was: with({:state "a" :metric 2}); stdout
    pipeline "71" { with(state = "a", metric = 2); stdout }
    // was: with({"state": "a", "env": "b"}); stdout
    pipeline "72" { with(state = "a", attribute("env") = "b"); stdout }
    // was: with(:state :ok); stdout
    pipeline "73" { with(state = "ok"); stdout }
    // was: with("state" = "a"); stdout
    pipeline "74" { with(state = "a"); stdout }
    // was: with { state = "a" } stdout
    pipeline "75" { with(state = "a"); stdout }
    // was: with(metric += 1); stdout
    pipeline "76" { with(metric = metric + 1); stdout }
    // was: with(metric++); stdout
    pipeline "77" { with(metric = metric + 1); stdout }
    // was: with(tags += "x"); stdout
    pipeline "78" { tag("x"); stdout }
    // was: with(state := "x"); stdout
    pipeline "79" { with(state = "x"); stdout }
    // was: where(metric > 5, state == "ok"); stdout
    pipeline "80" { where(metric > 5 && state == "ok"); stdout }
    // was: where(metric > 5; state == "ok"); stdout
    pipeline "81" { where(metric > 5 && state == "ok"); stdout }
    // was: where([metric > 5, state == "ok"]); stdout
    pipeline "82" { where(metric > 5 && state == "ok"); stdout }
    // was: changed_state({init: "ok"}); stdout
    pipeline "83" { changed_state(init = "ok"); stdout }
    // was: changed(state, {:init "ok"}); stdout
    pipeline "84" { changed(state, init = "ok"); stdout }
    // was: rollup(5, 60, %{limit: 3}); stdout
    pipeline "85" { rollup(5, 60, limit = 3); stdout }
    // was: splitp(<, metric, 0.5); stdout
    pipeline "86" { split { metric < 0.5 => tag("low"), _ => tag("high") } stdout }
    // was: where(service.starts_with("api")); stdout
    pipeline "87" { where(service =~ "^api"); stdout }
    // was: where(service.ends_with(".x")); stdout
    pipeline "88" { where(service =~ "[.]x$"); stdout }
    // was: where(service.contains("api")); stdout
    pipeline "89" { where(service =~ "api"); stdout }
    // was: where(service.eq("api")); stdout
    pipeline "90" { where(service == "api"); stdout }
    // was: where(service.to_lowercase() == "db"); stdout
    pipeline "91" { where(service =~ "(?i)^db$"); stdout }
    // was: where(service.len() > 5); stdout
    pipeline "92" { filter(|event| event.service().is_some_and(|text| text.len() > 5)); stdout }
    // was: where(metric.abs() > 5); stdout
    pipeline "93" { filter(|event| event.metric().as_f64().is_some_and(|metric| metric.abs() > 5.0)); stdout }
    // was: where(starts_with(service, "api")); stdout
    pipeline "94" { where(service =~ "^api"); stdout }
    // was: where(tags == "prod"); stdout
    pipeline "95" { where(tagged("prod")); stdout }
    // was: where(tags != "prod"); stdout
    pipeline "96" { where(!tagged("prod")); stdout }
    // was: where(tags == ["a", "b"]); stdout
    pipeline "97" { where(tagged_all(["a", "b"])); stdout }
    // was: where(tags.contains("prod")); stdout
    pipeline "98" { where(tagged("prod")); stdout }
    // was: where("prod" in tags); stdout
    pipeline "99" { where(tagged("prod")); stdout }
    // was: where(tagged(["a", "b"])); stdout
    pipeline "100" { where(tagged_any(["a", "b"])); stdout }
    // was: where(tagged("a", "b")); stdout
    pipeline "101" { where(tagged_all(["a", "b"])); stdout }
    // was: tag("a", "b"); stdout
    pipeline "102" { tag(["a", "b"]); stdout }
    // was: tagged_any("a", "b"); stdout
    pipeline "103" { tagged_any(["a", "b"]); stdout }
    // was: where(host in ["a", "b"]); stdout
    pipeline "104" { where(host == "a" || host == "b"); stdout }
    // was: where(metric between 1 and 5); stdout
    pipeline "105" { where(metric >= 1 && metric <= 5); stdout }
    // was: where(metric in 1..=5); stdout
    pipeline "106" { where(metric >= 1 && metric <= 5); stdout }
    // was: where(service like "api%"); stdout
    pipeline "107" { where(service =~ "^api"); stdout }
    // was: where(state eq "ok"); stdout
    pipeline "108" { where(state == "ok"); stdout }
    // was: fixed_time_window(5s); where(metric > 5); stdout
    pipeline "109" { fixed_time_window(5s); maximum; where(metric > 5); stdout }
    // was: scale(1 / 1024); stdout
    pipeline "110" { scale(1.0 / 1024.0); stdout }
    // was: scale(8 / (5 * 3)); stdout
    pipeline "111" { scale(8.0 / (5.0 * 3.0)); stdout }
    // was: above_for(1 / 2, 5s); stdout
    pipeline "112" { above_for(1.0 / 2.0, 5s); stdout }
    // was: where((and (> metric 5) (= state "ok"))); stdout
    pipeline "113" { where(metric > 5 && state == "ok"); stdout }
    // was: where(> metric 5); stdout
    pipeline "114" { where(metric > 5); stdout }
    // was: where(or (state == "ok") (metric > 5)); stdout
    pipeline "115" { where((state == "ok") || (metric > 5)); stdout }
    // was: where(service "api"); stdout
    pipeline "116" { where(service == "api"); stdout }
    // was: where((not (expired? event))); stdout
    pipeline "117" { where(!expired); stdout }
    // was: (where (and (service "api") (> metric 0.9)) (with :state "critical" index))
    pipeline "118" { where(service == "api" && metric > 0.9); with(state = "critical"); index }
    // was: (by [:host :service] (rate 5 (under 10 index)))
    pipeline "119" { by(host, service) { rate(5); under(10); index } }
    // was: (changed-state {:init "ok"} (prn))
    pipeline "120" { changed_state(init = "ok") { stdout } }
    // was: (throttle 3 60 (tag "x" index) stdout)
    pipeline "121" { throttle(3, 60); tee { { tag("x"); index } { stdout } } }
    // was: tee(stdout, index)
    pipeline "122" { tee { { stdout } { index } } }
    // was: with(state = if metric > 5 { "bad" } else { "ok" }); stdout
    #[allow(missing_metric)]
    pipeline "123" { split { metric > 5 => with(state = "bad"), _ => with(state = "ok") } stdout }
    // was: with(state = metric > 5 ? "bad" : "ok"); stdout
    #[allow(missing_metric)]
    pipeline "124" { split { metric > 5 => with(state = "bad"), _ => with(state = "ok") } stdout }
    // was: where(host + ":" + service == "a:b"); stdout
    pipeline "125" { where(service == text("{host}:{service}")); stdout }
    // was: where(metric > 90%); stdout
    pipeline "126" { where(metric > 90); stdout }
    // was: tag(#{"a" "b"}); stdout
    pipeline "127" { tag(["a", "b"]); stdout }
    // was: rate(5.minutes); stdout
    pipeline "128" { rate(5m); stdout }
    // was: rate(minutes(5)); stdout
    pipeline "129" { rate(5m); stdout }
    // was: with(service = service.to_uppercase()); stdout
    pipeline "130" { adjust(service, |service| service.map(str::to_uppercase)); stdout }
    // was: with(state = host.trim()); stdout
    pipeline "131" { map(|event| event.to_owned().with_state(event.host().map(|text| text.trim().to_owned()))); stdout }
    // was: with(metric = metric.abs()); stdout
    pipeline "132" { adjust(metric, |metric| metric.as_f64().map(|metric| metric.abs())); stdout }
    // was: where(metric.is_none()); stdout
    pipeline "133" { where(metric == None); stdout }
    // was: where(service !~ "^api"); stdout
    pipeline "134" { where(!(service =~ "^api")); stdout }
    // was: where("^api" =~ service); stdout
    pipeline "135" { where(service =~ "^api"); stdout }
    // was: by(attribute.env) { stdout }
    pipeline "136" { by(attribute("env")) { stdout } }
    // was: where(has_key("env")); stdout
    pipeline "137" { where(attribute("env") != None); stdout }
    // was: where(metric > "90"); stdout
    pipeline "138" { where(metric > 90); stdout }
    // was: where(metric > "90%"); stdout
    pipeline "139" { where(metric > 90); stdout }
    // was: where("5" < metric); stdout
    pipeline "140" { where(metric > 5); stdout }
    // was: where(metric == "ok"); stdout
    pipeline "141" { where(state == "ok"); stdout }
    // was: where(state == 2); stdout
    pipeline "142" { where(state == "2"); stdout }
    // was: where(host == 'a'); stdout
    pipeline "143" { where(host == "a"); stdout }
    // was: where(attribute("cores") == 4); stdout
    pipeline "144" { where(attribute("cores") == "4"); stdout }
    // was: where(attribute("cores") > 4); stdout
    pipeline "145" { filter(|event| event.attribute("cores").and_then(|text| text.parse().ok()).is_some_and(|number: f64| number > 4.0)); stdout }
    // was: where(expired == "true"); stdout
    pipeline "146" { where(expired); stdout }
    // was: where(tagged("a") == 0); stdout
    pipeline "147" { where(!tagged("a")); stdout }
    // was: where(metric == host); stdout
    pipeline "148" { where(host == text("{metric}")); stdout }
    // was: where(metric =~ "5"); stdout
    pipeline "149" { where(metric == 5); stdout }
    // was: where(state == ["ok", "warning"]); stdout
    pipeline "150" { where(state == "ok" || state == "warning"); stdout }
    // was: where(["ok", "warning"].contains(state)); stdout
    pipeline "151" { where(state == "ok" || state == "warning"); stdout }
    // was: where(state != ("ok", "warning")); stdout
    pipeline "152" { where(state != "ok" && state != "warning"); stdout }
    // was: where(matches!(state, "ok" | "up")); stdout
    pipeline "153" { where(state == "ok" || state == "up"); stdout }
    // was: where(metric); stdout
    pipeline "154" { where(metric != None); stdout }
    // was: where(host); stdout
    pipeline "155" { where(host != None); stdout }
    // was: where(service == Regex::new("^api")); stdout
    pipeline "156" { where(service =~ "^api"); stdout }
    // was: where(service =~ "^api" + host); stdout
    pipeline "157" { where(service =~ "^api"); stdout }
    // was: where(is_expired); stdout
    pipeline "158" { where(expired); stdout }
    // was: where(metric.nil?); stdout
    pipeline "159" { where(metric == None); stdout }
    // was: with(metric = metric * "2"); stdout
    pipeline "160" { with(metric = metric * 2); stdout }
    // was: with(metric = "5"); stdout
    pipeline "161" { with(metric = 5); stdout }
    // was: with(ttl = "60"); stdout
    pipeline "162" { with(ttl = 60); stdout }
    // was: with(state = 5); stdout
    pipeline "163" { with(state = "5"); stdout }
    // was: with(host = metric); stdout
    pipeline "164" { with(host = text("{metric}")); stdout }
    // was: with(state = host ?? "none"); stdout
    pipeline "165" { split { host != None => with(state = host), _ => with(state = "none") } stdout }
    // was: with(state = host || "none"); stdout
    pipeline "166" { split { host != None => with(state = host), _ => with(state = "none") } stdout }
    // was: with(state = metric != 5 && "a" || "b"); stdout
    pipeline "167" { split { metric != 5 => with(state = "a"), _ => with(state = "b") } stdout }
    // was: with(state = host == "a"); stdout
    pipeline "168" { split { host == "a" => with(state = "yes"), _ => with(state = "no") } stdout }
    // was: with(service = service . " rate"); stdout
    pipeline "169" { with(service = text("{service} rate")); stdout }
    // was: with(service = [host, service].join("-")); stdout
    pipeline "170" { with(service = text("{host}-{service}")); stdout }
    // was: with(service = service.to_string() + " rate"); stdout
    pipeline "171" { with(service = text("{service} rate")); stdout }
    // was: with(attribute(env) = "x"); stdout
    pipeline "172" { with(attribute("env") = "x"); stdout }
    // was: map(|e| e.with_state("x")); stdout
    pipeline "173" { with(state = "x"); stdout }
    // was: map(|e| { e.set_state("x"); e }); stdout
    pipeline "174" { with(state = "x"); stdout }
    // was: unless metric > 5 { stdout }
    pipeline "175" { where(!(metric > 5)); stdout }
    // was: when(metric > 5) { stdout }
    pipeline "176" { where(metric > 5); stdout }
    // was: case state { "ok" => stdout, _ => index }
    pipeline "177" { split { state == "ok" => stdout, _ => index } }
    // was: cond { metric == 5 => stdout, _ => index }
    pipeline "178" { split { metric == 5 => stdout, _ => index } }
    // was: by(host && service) { stdout }
    pipeline "179" { by(host, service) { stdout } }
    // was: by host service { stdout }
    pipeline "180" { by(host, service) { stdout } }
}

#[test]
fn what_messages_tell_to_write_compiles() {
    assert!(router().pipelines().len() >= 100, "only {} repairs", router().pipelines().len());
}

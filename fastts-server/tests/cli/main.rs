//! The command line, as people use it: this program runs itself as a router.

#![allow(clippy::unwrap_used, reason = "clippy does not see that the helpers are tests too")]

#[cfg(feature = "http")]
mod breaker;
mod check;
mod dead;
mod fake;
mod graph;
mod help;
#[cfg(feature = "http")]
mod http;
mod load;
mod query;
mod replay;
mod routers;
mod send;
mod serve;
mod settings;
mod top;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    match std::env::var("FASTTS_TEST_ROUTER").as_deref() {
        Ok("plain") => fastts_server::run(routers::plain()),
        Ok("grouped") => fastts_server::run(routers::grouped),
        Ok("logged") => fastts_server::run(routers::logged),
        Ok("asking") => fastts_server::run(routers::asking),
        Ok("rated") => fastts_server::run(routers::rated),
        Ok("two rates") => fastts_server::run(routers::two_rates),
        Ok("shaped") => fastts_server::run(routers::shaped),
        Ok("forwarding") => fastts_server::run(routers::forwarding),
        Ok("guarded") => fastts_server::run(routers::guarded),
        Ok("constructor") => fastts_server::run(routers::constructor),
        Ok("lets") => fastts_server::run(routers::lets),
        Ok("panicking") => fastts_server::run(routers::panicking),
        Ok("headed") => fastts_server::run(routers::headed),
        Ok("indexed") => fastts_server::run(routers::indexed),
        Ok("stuck") => fastts_server::run(routers::stuck),
        Ok("ticking") => fastts_server::Server::new(routers::ticked).source("ticker", || routers::Ticker).run(),
        Ok("mistyped") => fastts_server::Server::new(routers::ticked).source("texts", || routers::Texts).run(),
        Ok(other) => panic!("there is no router {other}"),
        Err(_) => libtest_mimic::run(&Arguments::from_args(), trials()).exit_code(),
    }
}

fn trials() -> Vec<Trial> {
    macro_rules! trials {
        ($($name:path)*) => { vec![$(Trial::test(stringify!($name), || { $name(); Ok(()) })),*] };
    }
    #[cfg(feature = "http")]
    let http = trials! {
        http::takes_events_and_tells_metrics_beside_tcp
        http::the_token_comes_from_the_environment_and_is_not_shown
        http::a_port_in_use_is_told_with_the_flag
        http::the_server_tells_about_itself_when_it_is_asked_to
        http::two_listeners_on_one_port_are_told_of_each_other
        http::a_listener_for_everybody_without_a_token_is_told
        http::how_the_server_is_can_be_asked_with_few_files
        http::a_full_disk_is_told_by_top
        breaker::what_is_blown_is_listed_and_switched
        breaker::who_knows_no_token_switches_nothing
        settings::no_secret_is_printed
        settings::a_token_that_everybody_reads_is_told
    };
    #[cfg(not(feature = "http"))]
    let http = Vec::new();
    let trials = trials! {
        serve::serves_sends_and_drains
        serve::a_stage_logs_as_the_server_does
        serve::an_expired_event_has_what_the_index_keeps
        serve::a_hangup_ends_nothing
        serve::signals_that_mean_nothing_end_nothing
        serve::where_it_listens_is_told_beside_what_is_printed
        serve::datagrams_come_to_the_port_of_tcp
        serve::a_port_for_udp_that_is_in_use_is_told
        serve::says_where_to_send_to
        serve::what_could_not_be_forwarded_is_told
        serve::a_port_in_use_is_told
        serve::a_second_signal_ends_at_once
        serve::what_is_left_is_told
        serve::each_kind_of_end_is_said_once_and_counted_at_the_exit
        serve::an_idle_connection_is_not_cut_off_without_time_to_drain
        serve::a_stage_that_blocks_holds_up_no_other_connection
        serve::a_stage_that_blocks_is_named
        serve::a_stage_that_keeps_every_thread_keeps_nobody_from_the_server
        serve::a_pipeline_that_panics_too_often_ends_the_program_when_that_is_wanted
        serve::serving_tells_the_place_of_a_panic
        serve::a_source_of_ones_own_runs_beside_the_listeners
        serve::a_source_whose_items_no_pipeline_takes_is_told
        settings::the_environment_goes_before_the_default_and_a_flag_before_it
        settings::what_the_environment_says_is_read_or_refused
        settings::a_file_goes_before_the_default_and_the_environment_before_it
        settings::a_server_and_its_clients_follow_a_file
        settings::a_file_that_is_wrong_is_told_with_the_place
        settings::a_variable_that_is_misspelt_is_told
        send::says_what_is_wrong
        send::sends_the_events_of_a_file
        send::skips_bad_lines_of_a_file_and_fails
        send::sends_lines_as_they_come
        send::says_which_lines_were_refused
        send::sends_over_udp
        send::tells_of_text_that_is_not_utf_8
        send::names_what_speaks_on_a_port
        load::counts_what_was_acknowledged
        load::keeps_a_rate
        load::a_server_that_stands_still_shows_in_the_latencies_of_all_that_was_due
        load::tells_what_was_refused_or_not_answered
        load::a_signal_ends_it_with_the_summary
        load::sends_datagrams
        query::prints_what_is_answered
        query::a_query_that_is_wrong_is_told_before_anybody_is_asked
        query::a_refusal_is_told
        query::follows_what_comes_until_it_ends
        query::follows_the_index_of_a_server
        query::asks_the_index_of_a_server
        query::a_program_without_an_index_is_told_why_nothing_is_found
        query::queries_can_be_refused
        top::shows_what_a_server_does
        top::what_is_no_fastts_server_is_told
        dead::what_is_given_up_is_listed_retried_and_dropped
        dead::what_is_retried_comes_to_its_sink
        dead::what_cannot_be_done_is_told
        check::lists_pipelines
        check::lists_groups_as_a_tree
        check::lists_where_events_come_from
        check::adds_up_the_memory_that_clients_can_make_it_hold
        check::tells_the_place_of_a_panic
        check::a_panic_in_a_let_is_a_failure
        check::settings_that_are_missing_are_told_at_once
        check::a_secret_is_read_from_a_file_too_and_never_printed
        graph::shows_stages_types_and_conditions
        graph::shows_sinks_of_the_server
        graph::shows_what_events_are_picked_by_and_it_can_be_turned_off
        help::a_command_line_that_is_wrong_has_a_hint
        help::help_and_version_are_there
        help::help_is_short_and_in_groups
        help::shells_complete_the_command_line
        replay::runs_under_virtual_time
        replay::forwards_nothing
        replay::reads_from_stdin
        replay::reports_bad_lines
        replay::reports_panics
        replay::moves_the_clock_only_forward
        replay::skips_the_mark_of_the_byte_order
        replay::jumps_only_so_far
        replay::prints_in_the_order_of_time
        replay::counts_the_lines_that_were_lost
        replay::ends_quietly_when_nobody_reads
    };
    trials.into_iter().chain(http).collect()
}

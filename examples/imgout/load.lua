-- Asks for thumbnails, counts what comes in each second, and says it as a line of JSON: wrk -s load.lua URL -- NAME SHARE
-- SHARE of the requests are for images that nobody has asked for before, the others for one of fifty.

local threads = {}

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init(arguments)
    name, share = arguments[1], tonumber(arguments[2])
    count, came, failed = 0, {}, 0
    math.randomseed(number + 1)
end

function request()
    count = count + 1
    local id = "hot-" .. math.random(50)
    if math.random() < share then
        id = table.concat({ name, number, count }, "-")
    end
    return wrk.format("GET", "/thumb/" .. id .. ".jpg/200x")
end

function response(status)
    local second = tostring(os.time())
    if status == 200 then
        came[second] = (came[second] or 0) + 1
    else
        failed = failed + 1
    end
end

function done(summary, latency)
    local seconds, failed = {}, 0
    for _, thread in ipairs(threads) do
        for second, count in pairs(thread:get("came")) do
            seconds[second] = (seconds[second] or 0) + count
        end
        failed = failed + thread:get("failed")
    end
    local errors = summary.errors
    failed = failed + errors.connect + errors.read + errors.write + errors.timeout
    local each = {}
    for second, count in pairs(seconds) do
        table.insert(each, string.format('"%s":%d', second, count))
    end
    io.write(string.format(
        '{"failed":%d,"duration":%.3f,"p50":%.1f,"p99":%.1f,"slowest":%.1f,"seconds":{%s}}\n',
        failed, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
        table.concat(each, ",")
    ))
end

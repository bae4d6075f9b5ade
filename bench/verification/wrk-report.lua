-- Prints the results of wrk as one line of JSON. Latencies are in microseconds.
function done(summary, latency)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format('report {"requests":%d,"microseconds":%d,"failed":%d,"p99":%d}\n',
    summary.requests, summary.duration, failed, latency:percentile(99)))
end

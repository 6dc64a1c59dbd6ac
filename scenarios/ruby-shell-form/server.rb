trap("TERM") do
  $stderr.puts "received TERM, handling gracefully"
  sleep 5
  exit 0
end

$stderr.puts "starting server, pid #{Process.pid}"
elapsed = 0
loop do
  sleep 5
  elapsed += 5
  $stderr.puts "alive for #{elapsed} seconds"
end

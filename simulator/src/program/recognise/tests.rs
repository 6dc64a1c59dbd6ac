//! What is recognised in the kinds of source files that people show.

use super::super::behaviour::{Behaviour, Reaction, Step};
use super::super::profiles::row::Language;
use super::recognise;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::serving::Idle;
use crate::trace::Stream;

fn statements(behaviour: &Behaviour) -> Vec<String> {
    behaviour.statements.iter().map(|s| s.to_string()).collect()
}

fn handler(behaviour: &Behaviour, signal: Signal) -> Vec<Step> {
    match behaviour.on.get(&signal) {
        Some(Reaction::Handle(steps)) => steps.clone(),
        other => panic!("{signal}: {other:?}"),
    }
}

const FIVE: Step = Step::Sleep(SimDuration::from_secs(5));

fn err(text: &str) -> Step {
    Step::Print(Stream::Stderr, text.into())
}

fn out(text: &str) -> Step {
    Step::Print(Stream::Stdout, text.into())
}

#[test]
fn a_ruby_server_that_traps_term_in_one_line() {
    let source = "trap(\"TERM\") { warn \"received TERM, handling gracefully\"; sleep 5; exit 0 }\n\
                  $stderr.puts \"starting server, pid #{Process.pid}\"\nstarted = Time.now\n\
                  loop do\n  sleep 5\n  $stderr.puts \"alive for #{(Time.now - started).to_i} seconds\"\nend\n";
    let behaviour = recognise(Language::Ruby, "server.rb", source);
    let expected = [err("received TERM, handling gracefully"), FIVE, Step::Exit(0)];
    assert_eq!(handler(&behaviour, Signal::TERM), expected);
    assert_eq!(behaviour.start, [Step::Install, err("starting server, pid {pid}")]);
    assert_eq!(behaviour.every, Some((SimDuration::from_secs(5), vec![err("alive for {elapsed_s} seconds")])));
    assert_eq!(&*behaviour.origin, "server.rb:1 handles TERM: prints a line to standard error, sleeps 5 s, exits 0");
}

#[test]
fn a_ruby_server_that_traps_in_a_block_of_lines() {
    let source = "require 'socket'\n$stdout.sync = true\n\nSignal.trap('TERM') do\n  puts 'bye'\n  sleep 2.5\n  exit\nend\n\n\
                  %w[INT HUP].each do |sig|\n  trap(sig) { exit!(3) }\nend\ntrap(:QUIT, 'IGNORE')\n\
                  server = TCPServer.new('0.0.0.0', 8080)\nloop do\n  client = server.accept\n  client.close\nend\n";
    let behaviour = recognise(Language::Ruby, "app.rb", source);
    assert_eq!(
        handler(&behaviour, Signal::TERM),
        [out("bye"), Step::Sleep(SimDuration::from_millis(2_500)), Step::Exit(0)]
    );
    assert_eq!(handler(&behaviour, Signal::HUP), [Step::ExitAtOnce(3)]);
    assert_eq!(behaviour.on.get(&Signal::QUIT), Some(&Reaction::Ignore));
    assert!(behaviour.start.contains(&Step::Listen(8080)));
    assert_eq!(behaviour.every, None);
}

#[test]
fn a_ruby_loop_that_prints_first_prints_at_once() {
    let source = "loop { puts 'tick'; sleep 1 }";
    let behaviour = recognise(Language::Ruby, "a.rb", source);
    assert_eq!(behaviour.start, [out("tick")]);
    assert_eq!(behaviour.every, Some((SimDuration::from_secs(1), vec![out("tick")])));
}

#[test]
fn a_ruby_program_without_a_loop_ends() {
    let behaviour = recognise(Language::Ruby, "a.rb", "puts 'hello'\n");
    assert_eq!(behaviour.start, [out("hello"), Step::Exit(0)]);
}

const WEB: &str = "import signal\nimport sys\nimport threading\nfrom http.server import BaseHTTPRequestHandler, HTTPServer\n\n\
                   PORT = 8080\n\nclass Handler(BaseHTTPRequestHandler):\n    def do_GET(self):\n        \
                   self.send_response(200)\n        self.end_headers()\n\nhttpd = HTTPServer(('', PORT), Handler)\n\n\
                   def stop(signum, frame):\n    print('stopping')\n    \
                   threading.Thread(target=httpd.shutdown).start()\n    sys.exit(0)\n\n\
                   signal.signal(signal.SIGTERM, stop)\n\nhttpd.serve_forever()\n";

#[test]
fn a_python_web_server_with_a_handler() {
    let behaviour = recognise(Language::Python, "my_webserver.py", WEB);
    assert_eq!(handler(&behaviour, Signal::TERM), [out("stopping"), Step::StopAccepting, Step::Exit(0)]);
    assert!(behaviour.start.contains(&Step::Listen(8080)));
    let said = statements(&behaviour);
    assert!(said.contains(&"my_webserver.py:13 listens on port 8080".to_owned()), "{said:?}");
    let handles = "my_webserver.py:15 handles TERM: prints a line, stops accepting connections, exits 0";
    assert!(said.contains(&handles.to_owned()), "{said:?}");
    assert!(matches!(behaviour.on_request.as_slice(), [Step::Print(Stream::Stderr, _)]));
    assert!(behaviour.statements.iter().all(|s| s.understood), "{said:?}");
}

#[test]
fn a_python_request_log_that_goes_to_standard_output() {
    let with_log = WEB.replace(
        "    def do_GET(self):",
        "    def log_message(self, format, *args):\n        print(format % args)\n\n    def do_GET(self):",
    );
    let behaviour = recognise(Language::Python, "my_webserver.py", &with_log);
    assert!(matches!(behaviour.on_request.as_slice(), [Step::Print(Stream::Stdout, _)]));
}

#[test]
fn a_python_loop_with_a_handler_in_main() {
    let source = "#!/usr/bin/env python3\nimport signal, sys, time, os\n\ndef handle(sig, frame):\n    \"\"\"Stops.\"\"\"\n    \
                  print(f\"got TERM in {os.getpid()}\", flush=True)\n    time.sleep(3)\n    sys.exit(0)\n\n\
                  def main():\n    signal.signal(signal.SIGTERM, handle)\n    while True:\n        print(\"working\")\n        \
                  time.sleep(1)\n\nif __name__ == \"__main__\":\n    main()\n";
    let behaviour = recognise(Language::Python, "app.py", source);
    let expected = [out("got TERM in {pid}"), Step::Flush, Step::Sleep(SimDuration::from_secs(3)), Step::Exit(0)];
    assert_eq!(handler(&behaviour, Signal::TERM), expected);
    assert_eq!(behaviour.every, Some((SimDuration::from_secs(1), vec![out("working")])));
    assert!(behaviour.statements.iter().all(|s| s.understood), "{:?}", statements(&behaviour));
}

#[test]
fn a_python_flag_ends_the_loop_at_its_next_round() {
    let source = "import signal, time\nrunning = True\ndef stop(*_):\n    global running\n    running = False\n\
                  signal.signal(signal.SIGTERM, stop)\nwhile running:\n    time.sleep(2)\n    print('x')\nprint('done')\n";
    let behaviour = recognise(Language::Python, "a.py", source);
    let expected = [Step::Sleep(SimDuration::from_secs(2)), out("done"), Step::Exit(0)];
    assert_eq!(handler(&behaviour, Signal::TERM), expected);
}

#[test]
fn shutting_a_python_server_down_in_its_own_thread_never_ends() {
    let source = "from http.server import *\nimport signal\nh = HTTPServer(('', 80), BaseHTTPRequestHandler)\n\
                  signal.signal(signal.SIGTERM, lambda *a: h.shutdown())\nh.serve_forever()\n";
    let steps = handler(&recognise(Language::Python, "a.py", source), Signal::TERM);
    assert!(matches!(steps.as_slice(), [Step::Note(_), Step::Sleep(_)]), "{steps:?}");
}

#[test]
fn a_node_server_that_closes_and_exits() {
    let source = "const http = require('http');\nconst port = process.env.PORT || 3000;\n\n\
                  const server = http.createServer((req, res) => {\n  res.end('ok');\n});\n\
                  server.listen(port, () => console.log(`listening, pid ${process.pid}`));\n\n\
                  process.on('SIGTERM', () => {\n  console.log('SIGTERM');\n  server.close(() => {\n    \
                  process.exit(0);\n  });\n});\n";
    let behaviour = recognise(Language::Node, "server.js", source);
    assert_eq!(handler(&behaviour, Signal::TERM), [out("SIGTERM"), Step::Unlisten, Step::Drain(None), Step::Exit(0)]);
    assert!(behaviour.start.contains(&Step::Listen(3000)), "{:?}", behaviour.start);
    assert!(behaviour.start.contains(&out("listening, pid {pid}")));
    assert!(statements(&behaviour).iter().any(|s| s.starts_with("server.js:9 handles TERM")));
}

#[test]
fn a_node_handler_with_a_timer_and_a_named_function() {
    let source = "function stop() {\n  setTimeout(() => process.exit(7), 1500)\n}\nprocess.once('SIGINT', stop)\n\
                  setInterval(() => { console.log('tick') }, 1000)\n";
    let behaviour = recognise(Language::Node, "a.mjs", source);
    assert_eq!(handler(&behaviour, Signal::INT), [Step::Sleep(SimDuration::from_millis(1_500)), Step::Exit(7)]);
    assert_eq!(behaviour.every, Some((SimDuration::from_secs(1), vec![out("tick")])));
}

#[test]
fn a_go_program_that_waits_for_a_signal() {
    let source = "package main\n\nfunc main() {\n\tsigs := make(chan os.Signal, 1)\n\t\
                  signal.Notify(sigs, syscall.SIGINT, syscall.SIGTERM)\n\tfmt.Println(\"started\")\n\t<-sigs\n\t\
                  fmt.Println(\"stopping\")\n\ttime.Sleep(2 * time.Second)\n}\n";
    let behaviour = recognise(Language::Go, "main.go", source);
    let expected = [out("stopping"), Step::Sleep(SimDuration::from_secs(2)), Step::Exit(0)];
    assert_eq!(handler(&behaviour, Signal::TERM), expected);
    assert_eq!(handler(&behaviour, Signal::INT), expected);
}

#[test]
fn what_is_not_understood_is_said_and_not_guessed() {
    let behaviour = recognise(Language::Ruby, "a.rb", "trap('TERM') { Worker.drain! }\nloop { sleep 1 }\n");
    assert_eq!(handler(&behaviour, Signal::TERM), []);
    let said = statements(&behaviour);
    assert!(said.contains(&"a.rb:1 not understood: Worker.drain!".to_owned()), "{said:?}");
}

#[test]
fn arbitrary_text_is_survived() {
    let sources = [
        "",
        "{{{{",
        "}}}}",
        "'",
        "\"\"\"",
        "trap(",
        "def",
        "while True:",
        "é{é(é",
        "\u{0}",
        "loop do\n".repeat(200).as_str(),
    ]
    .map(str::to_owned);
    for source in sources {
        for language in [Language::Ruby, Language::Python, Language::Node, Language::Go] {
            let _ = recognise(language, "x", &source);
        }
    }
}

#[test]
fn a_node_server_that_keeps_idle_connections_for_65_seconds_says_so() {
    let source = "const http = require('http');\nconst server = http.createServer((q, r) => r.end('ok'));\n\
                  // server.keepAliveTimeout = 1000;\nserver.keepAliveTimeout = 65 * 1000;\nserver.listen(8080);\n";
    let behaviour = recognise(Language::Node, "app.js", source);
    assert_eq!(behaviour.tuned.idle, Some(Idle::After(SimDuration::from_secs(65))));
    assert!(statements(&behaviour).contains(&"app.js:4 closes connections that were idle for 65 s".to_owned()));
    let inline = "const server = http.createServer({ keepAliveTimeout: 70_000 }, app);\nserver.listen(8080);\n";
    let behaviour = recognise(Language::Node, "app.js", inline);
    assert_eq!(behaviour.tuned.idle, Some(Idle::After(SimDuration::from_secs(70))));
}

#[test]
fn a_go_server_has_its_idle_timeout() {
    let source = "package main\nfunc main() {\n\tserver := &http.Server{\n\t\tAddr: \":8080\",\n\t\tIdleTimeout: 2 * time.Minute,\n\t}\n\
                  \tserver.ListenAndServe()\n}\n";
    let behaviour = recognise(Language::Go, "main.go", source);
    assert_eq!(behaviour.tuned.idle, Some(Idle::After(SimDuration::from_secs(120))));
}

//! Builds as a whole: traps, files, programs, and texts that nobody would write.

use super::super::{Image, Options, build};
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::image::rootfs::Content;
use std::collections::BTreeMap;

fn files(list: &[(&str, &str)]) -> BTreeMap<String, String> {
    list.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
}

fn built(dockerfile: &str, context: &[(&str, &str)]) -> (Image, Vec<Diagnostic>) {
    let (image, remarks) = build(&files(context), dockerfile, &Options::default());
    (image.expect("it builds"), remarks)
}

fn warnings(dockerfile: &str) -> Vec<String> {
    let (_, remarks) = built(dockerfile, &[]);
    let warnings = remarks.into_iter().filter(|r| r.severity == Severity::Warning);
    warnings.map(|r| format!("{}:{} {}", r.line, r.column, r.message)).collect()
}

fn only(list: Vec<String>) -> String {
    assert_eq!(list.len(), 1, "{list:?}");
    list.into_iter().next().unwrap()
}

#[test]
fn broken_json_is_pointed_at_where_it_breaks() {
    let text = only(warnings("FROM debian:12\nCMD ['ruby', 'a.rb']"));
    assert!(text.starts_with("2:6 this CMD is no valid JSON array"), "{text}");
    let text = only(warnings("FROM debian:12\nCMD [\"ruby\",\\\n  \"a.rb\",]"));
    assert!(text.starts_with("3:10 "), "{text}");
}

#[test]
fn shell_takes_the_builders_warning_away_and_that_is_said() {
    let text =
        only(warnings("FROM debian:12\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nCMD serve | tee log"));
    assert!(text.starts_with("3:5 SHELL switches the builder's warning about shell form off"), "{text}");
    assert!(text.contains("still starts /bin/bash -o pipefail -c"), "{text}");
    assert_eq!(warnings("FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\nCMD [\"serve\"]"), Vec::<String>::new());
}

#[test]
fn a_shell_without_c_takes_the_command_for_a_script() {
    let text = only(warnings("FROM debian:12\nSHELL [\"/bin/bash\"]\nCMD serve --fast"));
    assert!(text.starts_with("3:5 SHELL has no -c: /bin/bash takes the text of this CMD (serve --fast)"), "{text}");
}

#[test]
fn shell_does_not_change_what_stands_above_it() {
    let text = only(warnings("FROM debian:12\nCMD serve\nSHELL [\"/bin/bash\", \"-c\"]"));
    assert!(text.starts_with("3:7 SHELL does not change the CMD above it, which runs with /bin/sh -c"), "{text}");
}

#[test]
fn an_exec_form_that_was_meant_for_a_shell_is_pointed_out() {
    let text = only(warnings("FROM debian:12\nCMD [\"serve\", \"--port\", \"$PORT\"]"));
    assert!(text.starts_with("2:5 in exec form nobody expands $PORT"), "{text}");
    let text = only(warnings("FROM debian:12\nCMD [\"migrate\", \"&&\", \"serve\"]"));
    assert!(text.starts_with("2:5 in exec form && is an argument"), "{text}");
    assert_eq!(warnings("FROM debian:12\nCMD [\"/bin/sh\", \"-c\", \"serve $PORT\"]"), Vec::<String>::new());
}

#[test]
fn only_the_last_command_of_a_stage_counts() {
    let text = only(warnings("FROM debian:12\nCMD [\"one\"]\nCMD [\"two\"]"));
    assert!(text.starts_with("2:5 this CMD is never used"), "{text}");
    assert_eq!(warnings("FROM debian:12 AS a\nCMD [\"one\"]\nFROM a\nCMD [\"two\"]"), Vec::<String>::new());
}

#[test]
fn a_shell_form_entrypoint_does_not_pass_its_command_on() {
    let text = only(warnings("FROM debian:12\nENTRYPOINT /app\nCMD [\"one\"]"));
    assert!(text.starts_with("2:12 the shell form of ENTRYPOINT does not pass CMD on"), "{text}");
}

#[test]
fn an_entrypoint_clears_the_command_of_the_base() {
    let text = only(warnings("FROM python:3.12\nENTRYPOINT [\"/mine\"]"));
    assert!(text.starts_with("2:12 ENTRYPOINT clears the CMD of the base image (python3)"), "{text}");
}

#[test]
fn an_inherited_stop_signal_is_pointed_out_when_the_program_changes() {
    let text = only(warnings("FROM nginx:1.25\nCMD [\"myapp\"]"));
    assert!(text.starts_with("1:1 the base image sets STOPSIGNAL SIGQUIT"), "{text}");
    assert_eq!(warnings("FROM nginx:1.25\nSTOPSIGNAL SIGTERM\nCMD [\"myapp\"]"), Vec::<String>::new());
}

#[test]
fn shell_form_without_a_shell_cannot_start() {
    let text = only(warnings("FROM scratch\nCMD run me"));
    assert!(text.contains("has none"), "{text}");
}

#[test]
fn an_unknown_instruction_is_located_and_a_better_one_suggested() {
    let (image, remarks) = build(&BTreeMap::new(), "FROM debian\n\nENTRYPONT x", &Options::default());
    assert!(image.is_none());
    assert_eq!(
        remarks[0].to_string(),
        "Dockerfile:3:1: error: there is no instruction ENTRYPONT; did you mean ENTRYPOINT?"
    );
}

#[test]
fn copied_files_land_where_the_destination_says() {
    let context = [("server.rb", "x"), ("entrypoint.sh", "#!/bin/sh"), ("lib/a.rb", "y")];
    let (image, _) = built(
        "FROM ruby:3.3\nWORKDIR /app\nCOPY server.rb .\nCOPY *.sh /usr/local/bin/\nCOPY lib lib\nCOPY server.rb /one.rb\n",
        &context,
    );
    let paths: Vec<&str> = image.rootfs.files.keys().map(|p| p.as_ref()).collect();
    assert_eq!(paths, ["/app/lib/a.rb", "/app/server.rb", "/one.rb", "/usr/local/bin/entrypoint.sh"]);
    let script = image.rootfs.get("/usr/local/bin/entrypoint.sh").unwrap();
    assert!(script.executable && script.source.as_ref() == "entrypoint.sh");
    assert!(!image.rootfs.get("/app/server.rb").unwrap().executable);
}

#[test]
fn everything_is_copied_by_a_dot_and_chmod_is_followed() {
    let (image, _) = built("FROM alpine:3.20\nWORKDIR /srv\nCOPY . .\nRUN chmod +x run && true\n", &[("run", "x")]);
    assert!(image.rootfs.get("/srv/run").unwrap().executable);
    let (image, _) = built(
        "FROM alpine:3.20\nCOPY --chmod=0755 run /bin/run\nCOPY --chmod=644 a.sh /a.sh",
        &[("run", "x"), ("a.sh", "")],
    );
    assert!(image.rootfs.get("/bin/run").unwrap().executable);
    assert!(!image.rootfs.get("/a.sh").unwrap().executable);
}

#[test]
fn heredocs_are_files_with_variables_substituted() {
    let (image, _) = built("FROM alpine:3.20\nENV A=1\nCOPY <<x <<'y' /d/\n$A \"q\"\nx\n$A\ny\n", &[]);
    let text = |path: &str| match &image.rootfs.get(path).unwrap().content {
        Content::Text(text) => text.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!((text("/d/x").as_str(), text("/d/y").as_str()), ("1 \"q\"\n", "$A\n"));
}

#[test]
fn files_come_from_other_stages() {
    let text = "FROM golang:1.22 AS b\nCOPY app.sh /out/app.sh\nFROM scratch\nCOPY --from=b /out/ /bin/\nCOPY --from=krallin/tini /tini /tini";
    let (image, _) = built(text, &[("app.sh", "#!/bin/sh")]);
    assert_eq!(image.rootfs.get("/bin/app.sh").unwrap().source.as_ref(), "app.sh");
    assert!(matches!(&image.rootfs.get("/tini").unwrap().content, Content::Program(p) if p.family == "tini"));
}

#[test]
fn an_init_comes_by_package_or_by_address() {
    let (image, _) = built("FROM debian:12-slim\nRUN apt-get update && apt-get install -y tini procps", &[]);
    assert_eq!(image.rootfs.programs["tini"].family, "tini");
    assert!(image.base.ps);
    let (image, _) = built(
        "FROM debian:12\nENV V=v0.19.0\nADD https://github.com/krallin/tini/releases/download/${V}/tini /tini\nRUN chmod +x /tini\nENTRYPOINT [\"/tini\",\"--\"]",
        &[],
    );
    let tini = image.rootfs.get("/tini").unwrap();
    assert!(tini.executable && matches!(&tini.content, Content::Program(p) if p.family == "tini"));
}

#[test]
fn a_missing_source_is_a_note_and_no_error() {
    let (_, remarks) = built("FROM node:20\nCOPY package*.json ./\nRUN npm ci\nCMD [\"node\"]", &[("a.js", "")]);
    let notes: Vec<&str> = remarks.iter().map(|r| r.message.as_str()).collect();
    assert!(notes[0].starts_with("package*.json is not among the files"), "{notes:?}");
}

#[test]
fn variables_that_double_end_the_build_instead_of_the_memory() {
    let mut text = String::from("FROM debian:12\nENV A=0123456789\n");
    text.push_str(&"ENV A=$A$A$A$A\n".repeat(400));
    let (image, remarks) = build(&BTreeMap::new(), &text, &Options::default());
    assert!(image.is_none() && remarks[0].line > 2, "{remarks:?}");
}

#[test]
fn a_text_over_the_limit_is_refused() {
    let text = format!("FROM a\n# {}", "x".repeat(16 * 1024));
    let (image, remarks) = build(&BTreeMap::new(), &text, &Options::default());
    assert!(image.is_none() && remarks[0].message.contains("too large"), "{remarks:?}");
}

/// A small seeded generator (xorshift), so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

#[test]
fn no_text_makes_it_panic_and_every_remark_lies_within_the_text() {
    const PIECES: &[&str] = &[
        "FROM ",
        "debian:12",
        "base AS x",
        "CMD ",
        "ENTRYPOINT ",
        "ENV A=",
        "ARG ",
        "COPY ",
        "ADD ",
        "RUN ",
        "ONBUILD ",
        "SHELL ",
        "EXPOSE ",
        "LABEL ",
        "STOPSIGNAL ",
        "HEALTHCHECK ",
        "WORKDIR ",
        "VOLUME ",
        "--from=x ",
        "--chmod=755 ",
        "[\"a\"]",
        "[",
        "]",
        "\"",
        "'",
        "\\",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "${A",
        "}",
        ":-",
        "$",
        "#",
        "# escape=`\n",
        "<<E",
        "\nE\n",
        "chmod +x ",
        "apt-get install tini",
        " ",
        "é",
        "\u{a0}",
        "\u{85}",
        "\0",
        "\u{feff}",
        "/",
        "..",
        "*",
        "[^a]",
        "0",
        "99999999999999999999",
        "-",
        "=",
        "http://x/tini",
        "{",
        "&&",
        ";",
        "😀",
    ];
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let context = files(&[("a", "x"), ("b/c.sh", "#!/bin/sh")]);
    for _ in 0..4_000 {
        let mut text = String::from(if dice.roll(2) == 0 { "FROM debian:12\n" } else { "" });
        for _ in 0..dice.roll(40) {
            text.push_str(PIECES[dice.roll(PIECES.len())]);
        }
        let (image, remarks) = build(&context, &text, &Options::default());
        assert!(image.is_some() || remarks.iter().any(|r| r.severity == Severity::Error), "{text:?}");
        for r in remarks {
            let (start, end) = (r.span.start as usize, r.span.end as usize);
            assert!(start <= end && end <= text.len(), "{text:?} {r:?}");
            assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{text:?} {r:?}");
        }
    }
}

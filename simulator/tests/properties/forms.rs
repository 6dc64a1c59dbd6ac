//! Shell form against exec form: a shell that replaces itself leaves the tree of the exec form, another one stands above it.

use simulator::base::id::PodId;
use simulator::base::time::SimTime;
use simulator::observed::Observed;
use simulator::scenario::Draft;
use simulator::view::shape;
use simulator::world;

/// The process tree ten seconds after the start.
fn tree(base: &str, last: &str) -> String {
    let files = [("Dockerfile".to_owned(), format!("FROM {base}\n{last}\n"))];
    let (scenario, remarks) = Draft::new(files).check();
    let run = world::run(&scenario.unwrap_or_else(|| panic!("{base}, {last}: {remarks:?}")));
    shape::pod_shape(&Observed::at_time(&run.trace, SimTime::from_secs(15)), PodId(0))
}

#[test]
fn bash_leaves_the_tree_of_the_exec_form() {
    for base in ["debian:12", "debian:11", "ubuntu:22.04", "python:3.12"] {
        for command in ["sleep 1000", "tail -f /dev/null", "env A=b sleep 1000"] {
            let exec: Vec<String> = command.split(' ').map(|w| format!("{w:?}")).collect();
            let exec = tree(base, &format!("CMD [{}]", exec.join(", ")));
            assert_eq!(tree(base, &format!("CMD [\"bash\", \"-c\", {command:?}]")), exec, "{base}, {command}");
            assert_eq!(tree(base, &format!("SHELL [\"/bin/bash\", \"-c\"]\nCMD {command}")), exec, "{base}, {command}");
        }
    }
}

#[test]
fn exec_in_front_makes_the_shell_form_the_exec_form() {
    for base in
        ["debian:12", "debian:9", "alpine:3.19", "alpine:3.7", "busybox:1.36", "ubuntu:22.04", "python:3.12-alpine"]
    {
        assert_eq!(tree(base, "CMD exec sleep 1000"), "sleep", "{base}");
        assert_eq!(tree(base, "CMD [\"sleep\", \"1000\"]"), "sleep", "{base}");
    }
}

#[test]
fn any_other_shell_stands_above_the_same_tree() {
    for base in ["debian:12", "debian:9", "debian:13", "alpine:3.19", "alpine:3.7", "busybox:1.36", "ubuntu:22.04"] {
        let form = tree(base, "CMD tail -f /dev/null");
        assert!(form == "tail" || form == "sh[tail]", "{base}: {form}");
    }
}

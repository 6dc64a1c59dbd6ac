//! `cd`, `pwd`, `umask`.

use super::super::step::{Returned, Step};
use super::Shell;
use crate::base::errno::Errno;
use crate::kernel::fs::normal;
use crate::program::{Call, Resume, Sys};

impl Shell {
    pub(in crate::shell::run) fn working_directory(&self, sys: &Sys<'_>) -> String {
        self.state.get("PWD").filter(|p| *normal("/", p) == **sys.cwd).unwrap_or_else(|| sys.cwd.to_string())
    }

    pub(super) fn cd(&mut self, args: &[String], sys: &Sys<'_>) {
        let target = args.iter().find(|a| !matches!(a.as_str(), "-L" | "-P" | "--" | "-e"));
        let home = self.state.get("HOME");
        if target.is_none() && home.is_none() && !self.columns().messages.no_home.is_empty() {
            let message = self.message(self.columns().messages.no_home, "cd", &[]);
            self.fail(u16::from(self.columns().builtins.cd_failed_status), message);
            return;
        }
        let (to, print) = match target.map(String::as_str) {
            None => (home.unwrap_or_else(|| ".".into()), false),
            Some("-") => (self.state.get("OLDPWD").unwrap_or_default(), true),
            Some(to) => (to.to_string(), false),
        };
        let from = self.working_directory(sys);
        let full = normal(&from, &to).to_string();
        self.stack.push(Step::Returned(Returned::Cd { to, from, print }));
        self.stack.push(Step::Do(Call::Chdir(full.as_str().into())));
    }

    pub(in crate::shell::run) fn after_cd(&mut self, to: &str, from: &str, print: bool, result: Resume) {
        if let Resume::Failed(errno) = result {
            let reason = errno.text().to_lowercase();
            let values = [("name", to), ("text", errno.text()), ("reason", reason.as_str())];
            let message = self.message(self.columns().messages.cd_failed, "cd", &values);
            self.fail(u16::from(self.columns().builtins.cd_failed_status), message);
            return;
        }
        let full = normal(from, to).to_string();
        let exported = self.columns().exports.directory;
        for (name, directory) in [("OLDPWD", from), ("PWD", full.as_str())] {
            self.state.set(name, directory.to_owned());
            self.state.entry(name).exported |= exported;
        }
        self.finish(0, if print { format!("{full}\n") } else { String::new() });
    }

    /// bash `pushd DIR` and `popd`.
    pub(super) fn change_stack(&mut self, name: &str, args: &[String], sys: &Sys<'_>) {
        let here = self.working_directory(sys);
        let target = match name {
            "pushd" => args.iter().find(|a| !a.starts_with('-')).cloned(),
            _ => self.state.directories.pop(),
        };
        let Some(target) = target else {
            let message = self.message("{builtin_prefix}directory stack empty", name, &[]);
            self.fail(1, message);
            return;
        };
        if !sys.files.is_directory(&here, &target) {
            let values = [("name", target.as_str()), ("text", Errno::Enoent.text())];
            let message = self.message(self.columns().messages.cd_failed, name, &values);
            self.fail(1, message);
            return;
        }
        if name == "pushd" {
            self.state.directories.push(here.clone());
        }
        let full = normal(&here, &target).to_string();
        let stack: Vec<String> = std::iter::once(full).chain(self.state.directories.iter().rev().cloned()).collect();
        self.write(1, stack.join(" ") + "\n");
        self.cd(&[target], sys);
    }
}

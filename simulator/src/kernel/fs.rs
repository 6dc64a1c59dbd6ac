//! The files that the processes of one container see: names, contents, x bits, owners, symbolic links. Flat, no inodes.
//!
//! Paths are absolute and normal (`/app/server.rb`). A directory exists if it is marked or if something lies below it.
//! Owners and modes are kept and shown (stat(2)); what they refuse is in `permission`.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::time::SimTime;
use crate::program::call::Binary;

/// Where programs are looked for in a container that sets no PATH.
pub const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What it holds.
    pub content: Content,
    /// May it be executed?
    pub executable: bool,
    /// The name in the scenario that it was copied from, for messages about it.
    pub origin: Option<Text>,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text.
    Text(Text),
    /// A program.
    Binary(Binary),
    /// It is a directory.
    Directory,
    /// /dev/null and its like: reads as empty, swallows what is written.
    Null,
    /// A named pipe (fifo(7)).
    Fifo,
}

/// Owner, mode and age of a file (inode(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Permission bits, `0o644`.
    pub mode: u32,
    /// When its content was changed.
    pub modified: SimTime,
}

/// Links that are followed in one path; path_resolution(7): 40.
const MOST_LINKS: usize = 40;

/// The files of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSystem {
    /// Shared by the pods of a workload until one of them writes.
    files: Arc<BTreeMap<Text, File>>,
    /// What somebody set; other files are root's, with the usual mode.
    attributes: Arc<BTreeMap<Text, Attributes>>,
    /// Symbolic links and what they say.
    links: Arc<BTreeMap<Text, Text>>,
    /// A directory that is not known is not there.
    complete: bool,
}

impl FileSystem {
    /// No files but /dev/null.
    pub fn new() -> Self {
        let mut fs = FileSystem::default();
        fs.put("/dev/null", File { content: Content::Null, executable: false, origin: None });
        fs
    }

    /// From here on a directory that is not known is not there: files cannot be made in it.
    pub fn set_complete(&mut self) {
        self.complete = true;
    }

    /// May a file be made at this normal path?
    pub(crate) fn has_parent(&self, path: &str) -> bool {
        const USUAL: [&str; 5] = ["", "/", "/tmp", "/dev", "/var/tmp"];
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let in_dev = parent.starts_with("/dev/");
        !(self.complete || in_dev) || USUAL.contains(&parent) || self.is_directory("/", parent)
    }

    /// Adds or replaces a file.
    pub fn put(&mut self, path: &str, file: File) {
        Arc::make_mut(&mut self.files).insert(normal("/", path), file);
    }

    /// Adds a program at `path`.
    pub fn put_binary(&mut self, path: &str, binary: Binary) {
        self.put(path, File { content: Content::Binary(binary), executable: true, origin: None });
    }

    /// Adds a text file at `path`.
    pub fn put_text(&mut self, path: &str, text: impl Into<Text>, executable: bool) {
        self.put(path, File { content: Content::Text(text.into()), executable, origin: None });
    }

    /// Removes a file, or a link and not what it leads to.
    pub fn remove(&mut self, path: &str) -> Option<File> {
        let path = normal("/", path);
        if self.attributes.contains_key(&path) {
            Arc::make_mut(&mut self.attributes).remove(&path);
        }
        if self.links.contains_key(&path) {
            Arc::make_mut(&mut self.links).remove(&path);
            return Some(File { content: Content::Null, executable: false, origin: None });
        }
        Arc::make_mut(&mut self.files).remove(&path)
    }

    /// The file at `path`, seen from the directory `cwd`.
    pub fn get(&self, cwd: &str, path: &str) -> Option<&File> {
        self.files.get(&self.follow(normal(cwd, path)))
    }

    /// Owner, mode and age of what is at `path`.
    pub fn attributes(&self, cwd: &str, path: &str) -> Attributes {
        let path = self.follow(normal(cwd, path));
        let usual = || match self.files.get(&path) {
            Some(file) if file.content == Content::Null => 0o666,
            Some(file) if !file.executable => 0o644,
            _ if &*path == "/tmp" => 0o1777,
            _ => 0o755,
        };
        let set = self.attributes.get(&path).copied();
        set.unwrap_or_else(|| Attributes { uid: 0, gid: 0, mode: usual(), modified: SimTime::ZERO })
    }

    /// Sets owner, mode and age; the x bits of a file that is there follow the mode.
    pub fn set_attributes(&mut self, path: &str, attributes: Attributes) {
        let path = self.follow(normal("/", path));
        let executable = attributes.mode & 0o111 != 0;
        if let Some(file) = self.files.get(&path).filter(|f| f.executable != executable).cloned() {
            Arc::make_mut(&mut self.files).insert(path.clone(), File { executable, ..file });
        }
        Arc::make_mut(&mut self.attributes).insert(path, attributes);
    }

    /// Did somebody set the owner or the mode of what is at this normal path?
    pub(super) fn is_marked(&self, path: &str) -> bool {
        self.attributes.contains_key(path)
    }

    /// Makes a symbolic link at `path` that says `target`.
    pub fn link(&mut self, path: &str, target: &str) {
        Arc::make_mut(&mut self.links).insert(normal("/", path), target.into());
    }

    /// What the symbolic link at `path` says; none if it is no link.
    pub fn link_at(&self, cwd: &str, path: &str) -> Option<&Text> {
        self.links.get(&normal(cwd, path))
    }

    /// All symbolic links, sorted.
    pub fn links(&self) -> impl Iterator<Item = (&Text, &Text)> {
        self.links.iter()
    }

    /// The normal path behind all symbolic links in this normal path (path_resolution(7)).
    pub fn follow(&self, path: Text) -> Text {
        let mut path = path;
        for _ in 0..MOST_LINKS {
            let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
            let link = ends.filter_map(|end| path.get(..end)).find_map(|part| Some((part, self.links.get(part)?)));
            let Some((part, target)) = link.filter(|_| !self.links.is_empty()) else { break };
            let parent = part.rsplit_once('/').map_or("/", |(parent, _)| parent);
            let rest = path.get(part.len()..).unwrap_or("");
            path = normal(parent, &format!("{target}{rest}"));
        }
        path
    }

    /// Is there a directory at `path`?
    pub fn is_directory(&self, cwd: &str, path: &str) -> bool {
        let path = self.follow(normal(cwd, path));
        if let Some(file) = self.files.get(&path) {
            return file.content == Content::Directory;
        }
        self.has_below(&path)
    }

    /// Does something lie below this normal path?
    fn has_below(&self, path: &str) -> bool {
        if path == "/" {
            return true;
        }
        let prefix = format!("{path}/");
        let from = (Bound::Included(prefix.as_str()), Bound::Unbounded);
        self.files.range::<str, _>(from).next().is_some_and(|(p, _)| p.starts_with(&prefix))
    }

    /// Paths and files, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &File)> {
        self.files.iter()
    }

    /// Is this a regular file, which `set -C` protects?
    #[must_use]
    pub fn is_regular(&self, cwd: &str, path: &str) -> bool {
        self.get(cwd, path).is_some_and(|file| matches!(file.content, Content::Text(_) | Content::Binary(_)))
    }

    /// The executable that execvpe(3) would take: the file itself, or the first in `path_list`. On failure ENOENT, or
    /// EACCES if a file was there without the x bit.
    pub fn find_executable(&self, cwd: &str, file: &str, path_list: &str) -> Result<Text, Errno> {
        if file.contains('/') {
            return self.executable(cwd, file);
        }
        let mut worst = Errno::Enoent;
        for directory in path_list.split(':') {
            let directory = if directory.is_empty() { "." } else { directory };
            match self.executable(cwd, &format!("{directory}/{file}")) {
                Err(Errno::Enoent | Errno::Enotdir) => {}
                Err(errno) => worst = errno,
                found => return found,
            }
        }
        Err(worst)
    }

    fn executable(&self, cwd: &str, path: &str) -> Result<Text, Errno> {
        let as_directory = path.ends_with('/');
        let path = normal(cwd, path);
        match self.files.get(&self.follow(path.clone())) {
            Some(file) if as_directory && file.content != Content::Directory => Err(Errno::Enotdir),
            Some(file) if file.executable && file.content != Content::Directory => Ok(path),
            Some(_) => Err(Errno::Eacces),
            None if self.has_below(&path) => Err(Errno::Eacces),
            None if self.is_below_a_file(&path) => Err(Errno::Enotdir),
            None => Err(Errno::Enoent),
        }
    }

    /// Why nothing can be at `path`: ENOTDIR below a file, else ENOENT (path_resolution(7)).
    #[must_use]
    pub fn missing(&self, cwd: &str, path: &str) -> Errno {
        if self.is_below_a_file(&normal(cwd, path)) { Errno::Enotdir } else { Errno::Enoent }
    }

    /// Is there a directory for what is to be made at `path`, which is absolute? ENOTDIR below a file, else ENOENT.
    pub(super) fn has_place(&self, path: &str) -> Result<(), Errno> {
        match self.missing("/", path) {
            Errno::Enoent if self.has_parent(path) => Ok(()),
            errno => Err(errno),
        }
    }

    fn is_below_a_file(&self, path: &str) -> bool {
        let mut above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        above.any(|part| self.files.get(&self.follow(part.into())).is_some_and(|f| f.content != Content::Directory))
    }
}

/// The absolute, normal form of `path` seen from `cwd`.
pub fn normal(cwd: &str, path: &str) -> Text {
    let mut parts: Vec<&str> = Vec::new();
    let from = if path.starts_with('/') { "" } else { cwd };
    for part in from.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_absolute_and_normal() {
        assert_eq!(&*normal("/app", "./run/../server.rb"), "/app/server.rb");
        assert_eq!(&*normal("/app", "/bin//sh"), "/bin/sh");
        assert_eq!(&*normal("/", "../.."), "/");
    }

    #[test]
    fn a_file_without_the_x_bit_is_found_but_refused() {
        let mut fs = FileSystem::new();
        fs.put_text("/app/run.sh", "echo", false);
        assert_eq!(fs.find_executable("/app", "./run.sh", "/bin"), Err(Errno::Eacces));
        assert_eq!(fs.find_executable("/app", "run.sh", "/bin"), Err(Errno::Enoent));
        assert!(fs.is_directory("/", "app"));
    }

    #[test]
    fn links_are_followed_in_the_middle_of_a_path_and_at_its_end() {
        let mut fs = FileSystem::new();
        fs.put_text("/srv/v2/app.conf", "x", false);
        fs.link("/srv/current", "v2");
        fs.link("/etc/app.conf", "/srv/current/app.conf");
        assert_eq!(&*fs.follow("/etc/app.conf".into()), "/srv/v2/app.conf");
        assert!(fs.get("/etc", "app.conf").is_some());
        fs.link("/round", "round");
        assert!(fs.get("/", "round").is_none());
    }

    #[test]
    fn a_file_is_roots_until_somebody_changes_that() {
        let mut fs = FileSystem::new();
        fs.put_text("/data/a", "x", false);
        let before = fs.attributes("/", "data/a");
        assert_eq!((before.uid, before.mode), (0, 0o644));
        fs.set_attributes("/data/a", Attributes { uid: 999, mode: 0o700, ..before });
        assert_eq!(fs.attributes("/data", "a").uid, 999);
        assert!(fs.get("/", "/data/a").is_some_and(|f| f.executable));
    }
}

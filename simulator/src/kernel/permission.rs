//! Whom the mode of a file refuses what (path_resolution(7), "Permissions"; inode(7)).
//!
//! Only what is known decides: owners and modes that something set, and the directories that are root's in every image. What
//! a build made of the others is not known here, so they refuse nothing. A process has no groups here: a group's bits count
//! for the group with the number of its user, and for root's, which a user that no file names is in.

use super::fs::{Attributes, FileSystem, normal};
use crate::base::errno::Errno;

/// What is asked of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read it.
    Read,
    /// To write it; of a directory, to change the names in it.
    Write,
    /// To execute it; of a directory, to go through it.
    Execute,
}

impl Access {
    fn bit(self) -> u32 {
        match self {
            Access::Read => 4,
            Access::Write => 2,
            Access::Execute => 1,
        }
    }
}

/// Directories that belong to root, with mode 755, in every image.
const SYSTEM: &[&str] = &[
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/mnt",
    "/opt",
    "/proc",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/local/share",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/run",
];

impl FileSystem {
    /// May this user do that with what is at `path`, as far as is known? A directory above that refuses to be gone through
    /// refuses it too.
    pub fn permits(&self, uid: u32, cwd: &str, path: &str, access: Access) -> bool {
        let path = self.follow(normal(cwd, path));
        uid == 0 || (self.may(uid, &path, access) && self.may_reach(uid, &path))
    }

    /// Why this user cannot open what is at `path` to read it; none if it can be opened.
    #[must_use]
    pub fn unreadable(&self, uid: u32, cwd: &str, path: &str) -> Option<Errno> {
        let full = self.follow(normal(cwd, path));
        let there = self.get("/", &full).is_some() || self.is_directory("/", &full);
        match (there && !path.is_empty(), self.missing("/", &full)) {
            (false, Errno::Enotdir) => Some(Errno::Enotdir),
            _ if uid != 0 && !self.may_reach(uid, &full) => Some(Errno::Eacces),
            (false, errno) => Some(errno),
            (true, _) => (!self.permits(uid, "/", &full, Access::Read)).then_some(Errno::Eacces),
        }
    }

    /// May this user make or remove a name at `path`? In a directory with the sticky bit only the owner removes it.
    pub fn permits_naming(&self, uid: u32, cwd: &str, path: &str) -> bool {
        let path = normal(cwd, path);
        let (parent, _) = path.rsplit_once('/').unwrap_or(("", ""));
        let parent = self.follow(normal("/", parent));
        let sticky = self.attributes("/", &parent).mode & 0o1000 != 0;
        let own = || [&*path, &*parent].iter().any(|at| self.attributes("/", at).uid == uid);
        let held = sticky && (self.get("/", &path).is_some() || self.link_at("/", &path).is_some()) && !own();
        uid == 0 || (!held && self.may(uid, &parent, Access::Write) && self.may_reach(uid, &path))
    }

    /// May this user write the file at `path`, or make it? Where the directory is missing that is another error.
    pub fn permits_writing(&self, uid: u32, path: &str) -> bool {
        let exists = self.get("/", path).is_some() || self.is_directory("/", path);
        match exists {
            true => self.permits(uid, "/", path, Access::Write),
            false => !self.has_parent(path) || self.permits_naming(uid, "/", path),
        }
    }

    fn may_reach(&self, uid: u32, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| at.max(1));
        ends.filter_map(|end| path.get(..end)).all(|above| self.may(uid, above, Access::Execute))
    }

    fn may(&self, uid: u32, path: &str, access: Access) -> bool {
        let private = path == "/root" && !self.is_marked(path);
        if !private && !self.is_marked(path) && !SYSTEM.contains(&path) {
            return true;
        }
        let Attributes { uid: owner, gid, mode, .. } = self.attributes("/", path);
        let mode = if private { 0o700 } else { mode };
        let shift = match () {
            () if owner == uid => 6,
            () if gid == uid || gid == 0 => 3,
            () => 0,
        };
        (mode >> shift) & access.bit() != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SimTime;

    fn marked(path: &str, uid: u32, mode: u32) -> FileSystem {
        let mut fs = FileSystem::new();
        fs.put_text(path, "x", false);
        fs.set_attributes(path, Attributes { uid, gid: uid, mode, modified: SimTime::ZERO });
        fs
    }

    #[test]
    fn a_user_names_nothing_in_a_directory_of_root_and_root_does_everywhere() {
        let fs = FileSystem::new();
        assert!(!fs.permits_naming(999, "/", "/etc/app.conf"));
        assert!(!fs.permits_naming(999, "/root", "x"));
        assert!(fs.permits_naming(0, "/", "/etc/app.conf"));
        assert!(fs.permits_naming(999, "/tmp", "x"));
    }

    #[test]
    fn what_nobody_set_refuses_nothing() {
        let fs = FileSystem::new();
        assert!(fs.permits_naming(999, "/app", "log/x"));
        assert!(fs.permits(999, "/app", "config.yaml", Access::Write));
    }

    #[test]
    fn the_mode_decides_for_the_owner_and_for_others() {
        let fs = marked("/app/key", 999, 0o600);
        assert!(fs.permits(999, "/app", "key", Access::Read));
        assert!(!fs.permits(1000, "/app", "key", Access::Read));
        assert!(!fs.permits(999, "/app", "key", Access::Execute));
    }

    #[test]
    fn a_closed_directory_hides_what_is_in_it() {
        let mut fs = marked("/data/db/file", 999, 0o644);
        let closed = Attributes { uid: 999, gid: 999, mode: 0o700, modified: SimTime::ZERO };
        fs.set_attributes("/data/db", closed);
        assert!(!fs.permits(1000, "/", "/data/db/file", Access::Read));
        assert!(fs.permits(999, "/", "/data/db/file", Access::Read));
    }

    #[test]
    fn in_tmp_only_the_owner_removes_a_name() {
        let fs = marked("/tmp/lock", 999, 0o666);
        assert!(!fs.permits_naming(1000, "/tmp", "lock"));
        assert!(fs.permits_naming(999, "/tmp", "lock"));
    }
}

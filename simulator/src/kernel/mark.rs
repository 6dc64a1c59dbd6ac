//! What utilities change about files beside what they write into them: names, owners, modes, links.
//!
//! Sources: chmod(2), chown(2), mkdir(2), symlink(2), rename(2), utime(2). What
//! permissions refuse is in `permission`; an owner is changed only by root, a mode only by the owner.

use super::Kernel;
use super::fs::{Content, File, FileSystem, normal};
use super::permission::Access;
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::TaskId;
use crate::base::limits::EXPANSION_BYTES;
use crate::base::time::SimTime;
use crate::cx::Cx;
use crate::program::call::FileMark;

/// Who makes a file, and when.
struct Maker {
    uid: u32,
    umask: u32,
    now: SimTime,
}

impl Kernel {
    pub(super) fn mark(&mut self, cx: &Cx, task: TaskId, path: &str, mark: FileMark) -> Result<(), Errno> {
        let cpu = self.cpus.get(&task).ok_or(Errno::Esrch)?;
        let uid = cx.seen().task(task).map_or(0, |t| t.uid);
        let maker = Maker { uid, umask: cpu.umask, now: cx.now() };
        let (files, cwd) = (cpu.files, cpu.cwd.clone());
        let fs = self.files_mut(files).ok_or(Errno::Enoent)?;
        apply(fs, &cwd, path, mark, &maker)
    }
}

fn apply(fs: &mut FileSystem, cwd: &str, path: &str, mark: FileMark, maker: &Maker) -> Result<(), Errno> {
    let named = normal(cwd, path);
    let path = fs.follow(named.clone());
    // Descriptors of processes and devices take an owner and forget it.
    if path.starts_with("/proc/") && matches!(mark, FileMark::Owner(..) | FileMark::Mode(_) | FileMark::Touch) {
        return Ok(());
    }
    let exists = fs.get("/", &path).is_some() || fs.is_directory("/", &path);
    if !permits(fs, (&named, &path), cwd, &mark, maker.uid, exists) {
        return Err(Errno::Eacces);
    }
    match mark {
        FileMark::Mode(_) | FileMark::Owner(..) if !exists => Err(fs.missing("/", &path)),
        FileMark::Mode(mode) => {
            let old = fs.attributes("/", &path);
            if maker.uid != 0 && fs.is_marked(&path) && old.uid != maker.uid {
                return Err(Errno::Eperm);
            }
            fs.set_attributes(&path, super::fs::Attributes { mode, ..old });
            Ok(())
        }
        FileMark::Owner(uid, gid) => {
            let old = fs.attributes("/", &path);
            let new = super::fs::Attributes { uid: uid.unwrap_or(old.uid), gid: gid.unwrap_or(old.gid), ..old };
            if maker.uid != 0 && (new.uid, new.gid) != (old.uid, old.gid) {
                return Err(Errno::Eperm);
            }
            fs.set_attributes(&path, new);
            Ok(())
        }
        FileMark::Touch if exists => {
            let old = fs.attributes("/", &path);
            fs.set_attributes(&path, super::fs::Attributes { modified: maker.now, ..old });
            Ok(())
        }
        FileMark::Directory if exists => Err(Errno::Eexist),
        FileMark::Directory => make(fs, &path, Content::Directory, maker),
        FileMark::Touch => make(fs, &path, Content::Text("".into()), maker),
        FileMark::Fifo if exists => Err(Errno::Eexist),
        FileMark::Fifo => make(fs, &path, Content::Fifo, maker),
        FileMark::Holds(text) => write(fs, &path, text, maker),
        FileMark::Grows(text) => {
            let old = match fs.get("/", &path).map(|f| &f.content) {
                Some(Content::Text(old)) if old.len() < EXPANSION_BYTES => old.clone(),
                _ => Text::from(""),
            };
            write(fs, &path, format!("{old}{text}").into(), maker)
        }
        FileMark::Link(_) if fs.link_at("/", &named).is_some() || exists => Err(Errno::Eexist),
        FileMark::Link(target) => {
            fs.has_place(&named)?;
            fs.link(&named, &target);
            Ok(())
        }
        FileMark::Moved(to) => moved(fs, &named, &normal(cwd, &to)),
        FileMark::Copied(to) => copied(fs, &path, &normal(cwd, &to), maker),
    }
}

/// May this user make the change? `at` is the path as named and behind links.
fn permits(fs: &FileSystem, at: (&str, &str), cwd: &str, mark: &FileMark, uid: u32, exists: bool) -> bool {
    let (named, path) = at;
    match mark {
        FileMark::Mode(_) | FileMark::Owner(..) => true,
        FileMark::Touch if exists && fs.attributes("/", path).uid == uid => true,
        FileMark::Directory | FileMark::Fifo | FileMark::Link(_) if exists => true,
        FileMark::Touch | FileMark::Holds(_) | FileMark::Grows(_) | FileMark::Directory | FileMark::Fifo => {
            fs.permits_writing(uid, path)
        }
        FileMark::Link(_) => fs.permits_writing(uid, named),
        FileMark::Moved(to) => fs.permits_naming(uid, "/", named) && fs.permits_naming(uid, cwd, to),
        FileMark::Copied(to) => {
            let to = fs.follow(normal(cwd, to));
            fs.permits(uid, "/", path, Access::Read) && fs.permits_writing(uid, &to)
        }
    }
}

/// A new file with the owner and the mode that its maker gives it.
fn make(fs: &mut FileSystem, path: &str, content: Content, maker: &Maker) -> Result<(), Errno> {
    fs.has_place(path)?;
    let full = if content == Content::Directory { 0o777 } else { 0o666 };
    fs.put(path, File { executable: content == Content::Directory, content, origin: None });
    let mode = full & !maker.umask;
    fs.set_attributes(path, super::fs::Attributes { uid: maker.uid, gid: maker.uid, mode, modified: maker.now });
    Ok(())
}

fn write(fs: &mut FileSystem, path: &str, text: Text, maker: &Maker) -> Result<(), Errno> {
    match fs.get("/", path).cloned() {
        Some(File { content: Content::Directory, .. }) => Err(Errno::Eisdir),
        Some(File { content: Content::Null, .. }) => Ok(()),
        Some(file) => {
            fs.put(path, File { content: Content::Text(text), ..file });
            let old = fs.attributes("/", path);
            fs.set_attributes(path, super::fs::Attributes { modified: maker.now, ..old });
            Ok(())
        }
        None => make(fs, path, Content::Text(text), maker),
    }
}

fn moved(fs: &mut FileSystem, from: &str, to: &str) -> Result<(), Errno> {
    if let Some(target) = fs.link_at("/", from).cloned() {
        fs.remove(from);
        fs.link(to, &target);
        return Ok(());
    }
    if fs.get("/", from).is_none() && !fs.is_directory("/", from) {
        return Err(Errno::Enoent);
    }
    let below = format!("{from}/");
    let inside: Vec<(Text, File)> = fs
        .iter()
        .filter(|(path, _)| &***path == from || path.starts_with(&below))
        .map(|(path, file)| (path.clone(), file.clone()))
        .collect();
    fs.remove(to);
    for (path, file) in inside {
        let attributes = fs.attributes("/", &path);
        let new = format!("{to}{}", path.strip_prefix(from).unwrap_or(""));
        fs.remove(&path);
        fs.put(&new, file);
        fs.set_attributes(&new, attributes);
    }
    Ok(())
}

fn copied(fs: &mut FileSystem, from: &str, to: &str, maker: &Maker) -> Result<(), Errno> {
    let Some(file) = fs.get("/", from).cloned() else {
        return if fs.is_directory("/", from) { make(fs, to, Content::Directory, maker) } else { Err(Errno::Enoent) };
    };
    let mode = fs.attributes("/", from).mode & !maker.umask;
    let to = fs.follow(to.into());
    fs.has_place(&to)?;
    let old = fs.get("/", &to).map(|_| fs.attributes("/", &to));
    fs.put(&to, file);
    let new = super::fs::Attributes { uid: maker.uid, gid: maker.uid, mode, modified: maker.now };
    fs.set_attributes(&to, old.map_or(new, |old| super::fs::Attributes { modified: maker.now, ..old }));
    Ok(())
}

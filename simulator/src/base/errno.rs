//! Errors of system calls, as errno(3) names them, with glibc's texts (strerror(3)).

/// Why a system call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Errno {
    /// Operation not permitted.
    Eperm,
    /// No such file or directory.
    Enoent,
    /// No such process.
    Esrch,
    /// Argument list too long.
    E2big,
    /// Exec format error: an executable text without `#!`.
    Enoexec,
    /// Bad file descriptor.
    Ebadf,
    /// No child processes.
    Echild,
    /// Resource temporarily unavailable: fork(2) at the limit of processes.
    Eagain,
    /// Cannot allocate memory: fork(2) in a PID namespace whose init is dead.
    Enomem,
    /// Permission denied.
    Eacces,
    /// File exists.
    Eexist,
    /// Not a directory.
    Enotdir,
    /// Is a directory.
    Eisdir,
    /// Invalid argument.
    Einval,
    /// Too many open files.
    Emfile,
    /// Broken pipe.
    Epipe,
    /// Address already in use.
    Eaddrinuse,
    /// No such device or address: a named pipe that nobody reads, opened for writing without waiting.
    Enxio,
    /// Connection refused.
    Econnrefused,
    /// Interrupted system call.
    Eintr,
}

impl Errno {
    /// The symbol, `ESRCH`.
    pub fn symbol(self) -> &'static str {
        self.row().0
    }

    /// glibc's text, `No such process`.
    pub fn text(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Errno::Eperm => ("EPERM", "Operation not permitted"),
            Errno::Enxio => ("ENXIO", "No such device or address"),
            Errno::Enoent => ("ENOENT", "No such file or directory"),
            Errno::Esrch => ("ESRCH", "No such process"),
            Errno::E2big => ("E2BIG", "Argument list too long"),
            Errno::Enoexec => ("ENOEXEC", "Exec format error"),
            Errno::Ebadf => ("EBADF", "Bad file descriptor"),
            Errno::Echild => ("ECHILD", "No child processes"),
            Errno::Eagain => ("EAGAIN", "Resource temporarily unavailable"),
            Errno::Enomem => ("ENOMEM", "Cannot allocate memory"),
            Errno::Eacces => ("EACCES", "Permission denied"),
            Errno::Eexist => ("EEXIST", "File exists"),
            Errno::Enotdir => ("ENOTDIR", "Not a directory"),
            Errno::Eisdir => ("EISDIR", "Is a directory"),
            Errno::Einval => ("EINVAL", "Invalid argument"),
            Errno::Emfile => ("EMFILE", "Too many open files"),
            Errno::Epipe => ("EPIPE", "Broken pipe"),
            Errno::Eaddrinuse => ("EADDRINUSE", "Address already in use"),
            Errno::Eintr => ("EINTR", "Interrupted system call"),
            Errno::Econnrefused => ("ECONNREFUSED", "Connection refused"),
        }
    }
}

impl std::fmt::Display for Errno {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

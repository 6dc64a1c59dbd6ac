//! The columns about what a shell puts into the environment of the programs that it runs. Consumed in `run::environment`.

use super::table::columns;

/// The order of the environment of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvironmentOrder {
    /// That of the names.
    Names,
    /// That of a hash table of 39 buckets, chosen by the sum of the bytes (dash `src/var.c`, `hashvar`, `listvars`).
    Sums,
    /// What stands in front of the command, then that of a hash table with this first value and so many buckets (bash
    /// `hashlib.c`, `hash_string`; `variables.c`, `VARIABLES_HASH_BUCKETS`).
    Products(u32, u32),
}

columns! { "exports", "", c => [("", &c.exports)];
/// What a program finds in its environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exports {
    /// PWD, and OLDPWD once there is one.
    pub directory: bool,
    /// SHLVL, one more than the shell found.
    pub level: bool,
    /// A program that takes the shell's place finds SHLVL as the shell did.
    pub level_is_given_back: bool,
    /// `_`, the path of the program.
    pub program: bool,
    /// Names that are none in the shell, such as `cluster.name`, are passed on.
    pub other_names: bool,
    /// In which order.
    pub order: EnvironmentOrder,
}
}

impl Exports {
    /// Nothing but what is exported.
    pub const COMMON: Exports = Exports {
        directory: false,
        level: false,
        level_is_given_back: false,
        program: false,
        other_names: false,
        order: EnvironmentOrder::Names,
    };
    /// Everything that a shell adds, in the order of the names.
    pub const ALL: Exports = Exports {
        directory: true,
        level: true,
        level_is_given_back: true,
        program: true,
        other_names: true,
        order: EnvironmentOrder::Names,
    };
}

//! The variant table as something to look at: every column with its name, what it means and what each build has there.
//!
//! Not here: what a column does (its field's comment says where it is consumed), nor which page explains it (`columns:` in
//! the pages of rules/shell/).

use super::{
    Aliases, Builtins, Children, Columns, Details, Exports, Invocation, Jobs, Messages, Nesting, Shapes, Signals,
    Syntax, Tail, Traps, Variant, all,
};

/// A column of the table.
#[derive(Debug)]
pub struct Column {
    /// Its name: `signals.fatal`, the struct and the field.
    pub name: &'static str,
    /// What all columns of its struct are about, where a column does not say it alone; else empty.
    pub of: &'static str,
    /// What it means: the comment of the field.
    pub about: &'static str,
    pub(in crate::shell) value: fn(&Columns) -> String,
}

/// The builds that have the same in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameValue {
    /// What they have, for people: `yes`, `no`, `none`, a number, names.
    pub value: String,
    /// The builds, in the order of the table.
    pub builds: Vec<&'static Variant>,
}

impl Column {
    /// What this build has.
    pub fn value(&self, variant: &Variant) -> String {
        (self.value)(&variant.columns)
    }

    /// Each value once, in the order in which the table first has it.
    pub fn values(&self) -> Vec<SameValue> {
        let mut found: Vec<SameValue> = Vec::new();
        for variant in all() {
            let value = self.value(variant);
            match found.iter_mut().find(|same| same.value == value) {
                Some(same) => same.builds.push(variant),
                None => found.push(SameValue { value, builds: vec![variant] }),
            }
        }
        found
    }
}

/// All columns, in the order of their structs.
pub fn list() -> impl Iterator<Item = &'static Column> {
    [
        Tail::COLUMNS,
        Shapes::COLUMNS,
        Signals::COLUMNS,
        Traps::COLUMNS,
        Children::COLUMNS,
        Jobs::COLUMNS,
        Builtins::COLUMNS,
        Details::COLUMNS,
        Nesting::COLUMNS,
        Aliases::COLUMNS,
        Invocation::COLUMNS,
        Exports::COLUMNS,
        Syntax::COLUMNS,
        Messages::COLUMNS,
    ]
    .into_iter()
    .flatten()
}

/// The column of this name.
pub fn column(name: &str) -> Option<&'static Column> {
    list().find(|column| column.name == name)
}

/// A value that stands once or, with different words in front, several times; these are left out where all are the same.
pub(in crate::shell) fn shown<const N: usize>(values: [(&str, String); N]) -> String {
    let plain = |value: &str| match value {
        "true" => "yes".to_string(),
        "false" => "no".to_string(),
        "None" | "[]" | "{}" => "none".to_string(),
        "\"\"" => "nothing".to_string(),
        _ => value.strip_prefix("Some(").and_then(|v| v.strip_suffix(')')).unwrap_or(value).to_string(),
    };
    let (_, first) = values.first().cloned().unwrap_or_default();
    if values.iter().all(|(_, value)| *value == first) {
        return plain(&first);
    }
    values.map(|(place, value)| format!("{place} {}", plain(&value))).join(", ")
}

/// Makes a struct of columns one that lists them: `columns! { "name", "what all are about", row => [("", &row.name)];
/// struct }`. The
/// fields' comments are what a reader of the table sees.
macro_rules! columns {
    ($short:literal, $of:literal, $columns:ident => $part:expr; $(#[$meta:meta])* pub struct $name:ident {
        $( $(#[doc = $about:literal])+ pub $field:ident: $kind:ty, )+
    }) => {
        $(#[$meta])*
        pub struct $name {
            $( $(#[doc = $about])+ pub $field: $kind, )+
        }

        impl $name {
            /// Its fields as columns of the table.
            pub(in crate::shell) const COLUMNS: &'static [$crate::shell::variants::table::Column] = &[
                $( $crate::shell::variants::table::Column {
                    name: concat!($short, ".", stringify!($field)),
                    of: $of,
                    about: concat!($( $about, )+),
                    value: |$columns: &$crate::shell::variants::Columns| {
                        let values = $part.map(|(place, part): (&str, &$name)| (place, format!("{:?}", part.$field)));
                        $crate::shell::variants::table::shown(values)
                    },
                }, )+
            ];
        }
    };
}
pub(in crate::shell) use columns;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::variants::by_id;

    fn value(column_name: &str, build: &str) -> String {
        column(column_name).unwrap().value(by_id(build).unwrap())
    }

    #[test]
    fn a_column_has_the_value_of_the_row_in_words() {
        assert_eq!(value("syntax.double_bracket", "bash-5.2.15"), "yes");
        assert_eq!(value("syntax.double_bracket", "dash-0.5.12-bookworm"), "no");
        assert_eq!(value("signals.int_in_wait", "dash-0.5.12-bookworm"), "130");
        assert_eq!(value("messages.severity", "dash-0.5.12-bookworm"), "(\"\", \"\")");
    }

    #[test]
    fn what_may_stand_around_the_last_command_is_told_for_each_place_where_the_places_differ() {
        assert_eq!(value("shapes.pipe_last", "dash-0.5.12-bookworm"), "no");
        let text = value("shapes.and_or", "bash-5.2.15");
        assert_eq!(text, "-c yes, file no, ( ) yes, $( ) yes, job no");
    }

    #[test]
    fn every_struct_of_a_row_is_in_the_list() {
        let first = all().next().unwrap();
        // A struct that is new here does not compile until it is named; then it belongs into `list` too.
        let Columns {
            syntax: _,
            tail: _,
            messages: _,
            signals: _,
            builtins: _,
            nesting: _,
            aliases: _,
            invocation: _,
            exports: _,
            details: _,
            children: _,
            traps: _,
            jobs: _,
        } = first.columns;
        let structs: std::collections::BTreeSet<&str> =
            list().filter_map(|column| Some(column.name.split_once('.')?.0)).collect();
        // Shapes stand inside of the tail.
        assert_eq!(structs.len(), 14);
    }

    #[test]
    fn every_build_has_exactly_one_value_in_every_column() {
        for column in list() {
            let values = column.values();
            assert_eq!(values.iter().map(|same| same.builds.len()).sum::<usize>(), all().count(), "{}", column.name);
        }
    }

    #[test]
    fn every_column_says_what_it_means() {
        for column in list() {
            assert!(column.about.trim().len() > 3, "{}", column.name);
        }
    }
}

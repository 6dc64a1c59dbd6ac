//! A Dockerfile as text becomes instructions, each with its place.
//!
//! Follows BuildKit `frontend/dockerfile/parser` (lines) and `frontend/dockerfile/instructions` (instructions), errors
//! included: a file is read as lines as a whole first, so an error of the second step never hides one of the first.
//! Not here: what the instructions do to an image, which is `image::build`.

pub mod directive;
pub mod flags;
pub mod go;
pub mod heredoc;
pub mod instruction;
pub mod json;
pub mod line;
pub mod mount;
pub mod node;
pub mod read;

pub use instruction::{Command, Instruction};

use super::error::BuildError;
use crate::base::diagnostic::Span;

/// A Dockerfile that was read without an error.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    /// The instructions in order.
    pub instructions: Vec<Instruction>,
    /// `\` or what the `escape` directive says.
    pub escape: char,
}

/// Reads a Dockerfile.
pub fn parse(text: &str) -> Result<Dockerfile, BuildError> {
    if text.is_empty() {
        return Err(BuildError::new("the Dockerfile cannot be empty").at(1, Span::default()));
    }
    let lines = line::read(text)?;
    let mut instructions: Vec<Instruction> = Vec::new();
    let mut in_stage = false;
    for node in &lines.nodes {
        let instruction = read::instruction(node)?;
        in_stage |= matches!(instruction.command, Command::From(_));
        if !in_stage && !matches!(instruction.command, Command::Arg(_)) {
            return Err(BuildError::new("no build stage in current context")
                .plainly(format!("{} stands before the first FROM", instruction.keyword.to_uppercase()))
                .with_help("only ARG may stand before FROM")
                .at(node.line, node.span));
        }
        instructions.push(instruction);
    }
    if !in_stage {
        return Err(BuildError::new("dockerfile contains no stages to build")
            .plainly("there is no FROM")
            .at(1, Span::default()));
    }
    Ok(Dockerfile { instructions, escape: lines.escape })
}

/// Reads the one instruction of an `ONBUILD` trigger; it stands where `FROM` stands.
pub fn parse_trigger(text: &str, line: u32, span: Span) -> Result<Instruction, BuildError> {
    let lines = line::read(text).map_err(|e| BuildError { line: 0, ..e })?;
    let [node] = lines.nodes.as_slice() else {
        return Err(BuildError::new("onbuild trigger should be a single expression"));
    };
    let mut instruction = read::read(node).map_err(|e| BuildError { line: 0, ..e })?;
    if matches!(instruction.command, Command::From(_)) {
        return Err(BuildError::new("*instructions.Stage is not a command type"));
    }
    instruction.line = line;
    instruction.span = span;
    instruction.args_span = span;
    Ok(instruction)
}

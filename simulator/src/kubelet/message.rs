//! The termination message: what a container leaves in a file, or the end of its log.
//!
//! Follows kubernetes kuberuntime_container.go `getTerminationMessage`, `readLastStringFromContainerLogs`;
//! pkg/kubelet/container/runtime.go.

use crate::base::Text;
use crate::base::id::ContainerId;
use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::kernel::fs::Content;

use super::Kubelet;
use super::state::At;

/// Most bytes of the file (`MaxContainerTerminationMessageLength`).
const FILE_BYTES: usize = 4096;
/// Most bytes of a log (`MaxContainerTerminationMessageLogLength`).
const LOG_BYTES: usize = 2048;
/// Most lines of a log (`MaxContainerTerminationMessageLogLines`).
const LOG_LINES: usize = 80;

/// The last bytes of a text, from the begin of a character.
fn last_bytes(text: &str, most: usize) -> &str {
    let mut from = text.len().saturating_sub(most);
    while !text.is_char_boundary(from) {
        from = from.saturating_add(1);
    }
    text.get(from..).unwrap_or("")
}

impl Kubelet {
    /// What the container that has just ended with `code` left behind.
    pub(super) fn termination_message(
        &self,
        cx: &Cx,
        kernel: &Kernel,
        at: At,
        container: ContainerId,
        code: u32,
    ) -> Text {
        let Some((worker, slot)) = self.worker(at.pod).zip(self.slot(at)) else { return Text::from("") };
        let Some(spec) = worker.spec(at.slot) else { return Text::from("") };
        let path = &spec.termination_message_path.value;
        let file = slot.files.and_then(|files| kernel.files(files)?.get("/", path));
        let text = match file.map(|f| &f.content) {
            Some(Content::Text(text)) => last_bytes(text, FILE_BYTES),
            Some(Content::Binary(_) | Content::Directory | Content::Null | Content::Fifo) | None => "",
        };
        if !text.is_empty() || code == 0 || !spec.falls_back_to_logs {
            return Text::from(text);
        }
        let mut parts = Vec::new();
        let mut bytes = 0_usize;
        for part in cx.seen().logs.iter().rev().filter(|l| l.container == Some(container)) {
            parts.push(&*part.text);
            bytes = bytes.saturating_add(part.text.len());
            if bytes >= LOG_BYTES {
                break;
            }
        }
        let text: String = parts.into_iter().rev().collect();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let text: String = lines.iter().skip(lines.len().saturating_sub(LOG_LINES)).copied().collect();
        Text::from(last_bytes(&text, LOG_BYTES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_text_begins_with_a_whole_character() {
        assert_eq!(last_bytes("abc", 2), "bc");
        assert_eq!(last_bytes("a\u{fc}b", 2), "b");
        assert_eq!(last_bytes("ab", 5), "ab");
    }
}

//! Names of images: `registry/path:tag@digest`.
//!
//! Follows `github.com/distribution/reference` (`ParseNormalizedNamed`).

/// An image's name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The registry; `docker.io` if none is written.
    pub registry: String,
    /// The path without `library/`: `python`, `bitnami/redis`.
    pub repository: String,
    /// The tag; `latest` if none is written.
    pub tag: String,
    /// Was a tag or a digest written?
    pub pinned: bool,
}

impl Reference {
    /// Reads a name; the error is the builder's wording.
    pub fn parse(text: &str) -> Result<Reference, String> {
        let invalid = || "invalid reference format".to_string();
        if text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(format!("invalid repository name ({text}), cannot specify 64-byte hexadecimal strings"));
        }
        let (registry, rest) = match text.split_once('/') {
            Some((first, rest))
                if first.contains(['.', ':']) || first == "localhost" || first != first.to_lowercase() =>
            {
                (if first == "index.docker.io" { "docker.io" } else { first }, rest.to_string())
            }
            _ => ("docker.io", text.to_string()),
        };
        let remote = if registry == "docker.io" && !rest.contains('/') { format!("library/{rest}") } else { rest };
        let before_tag = remote.split(':').next().unwrap_or_default();
        if before_tag.to_lowercase() != before_tag {
            return Err(format!("invalid reference format: repository name ({before_tag}) must be lowercase"));
        }
        let (named, digest) = match remote.split_once('@') {
            Some((named, digest)) => (named, Some(digest)),
            None => (remote.as_str(), None),
        };
        let (path, tag) = match named.split_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (named, None),
        };
        let ok = path.split('/').all(is_component)
            && is_registry(registry)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest);
        if !ok {
            return Err(invalid());
        }
        Ok(Reference {
            registry: registry.to_string(),
            repository: path.strip_prefix("library/").unwrap_or(path).to_string(),
            tag: tag.unwrap_or("latest").to_string(),
            pinned: tag.is_some() || digest.is_some(),
        })
    }
}

/// Lower-case letters and digits, with `.`, `_`, `__` or dashes between them.
fn is_component(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends = |b: Option<&u8>| b.is_some_and(|b| word(*b));
    if !ends(text.as_bytes().first()) || !ends(text.as_bytes().last()) {
        return false;
    }
    let separators = text.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    separators.into_iter().all(|s| matches!(s, "" | "." | "_" | "__") || s.bytes().all(|b| b == b'-'))
}

fn is_registry(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(h, p)| (h, Some(p)));
    let label = |l: &str| {
        !l.is_empty()
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.split('.').all(label) && port.is_none_or(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
}

fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'))
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        algorithm.starts_with(|c: char| c.is_ascii_alphabetic())
            && hex.len() >= 32
            && hex.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, String, String) {
        let r = Reference::parse(text).unwrap();
        (r.registry, r.repository, r.tag)
    }

    #[test]
    fn short_names_are_official_images() {
        assert_eq!(parts("python:3.12-slim"), ("docker.io".into(), "python".into(), "3.12-slim".into()));
        assert_eq!(parts("docker.io/library/nginx"), ("docker.io".into(), "nginx".into(), "latest".into()));
        assert_eq!(
            parts("gcr.io/distroless/base-debian12"),
            ("gcr.io".into(), "distroless/base-debian12".into(), "latest".into())
        );
        assert_eq!(parts("localhost:5000/a/b:1"), ("localhost:5000".into(), "a/b".into(), "1".into()));
    }

    #[test]
    fn malformed_names_are_refused_with_the_builders_words() {
        assert_eq!(
            Reference::parse("Python").unwrap_err(),
            "invalid reference format: repository name (library/Python) must be lowercase"
        );
        assert_eq!(Reference::parse("a b").unwrap_err(), "invalid reference format");
        assert_eq!(Reference::parse("a:").unwrap_err(), "invalid reference format");
    }
}

//! `EXPOSE`: port specifications become `80/tcp`.
//!
//! Follows BuildKit `frontend/dockerfile/dockerfile2llb/convert_expose.go`.

use super::dockerfile::go;
use core::net::IpAddr;

/// The ports that one specification exposes; the error is the builder's wording.
pub fn ports(raw: &str) -> Result<Vec<String>, String> {
    let parts: Vec<&str> = raw.split(':').collect();
    let (ip, host, container) = match parts.as_slice() {
        [.., host, container] => {
            let ip_length = raw.len().saturating_sub(host.len() + container.len() + 2);
            (raw.get(..ip_length).unwrap_or_default(), *host, *container)
        }
        _ => ("", "", raw),
    };
    let (port, protocol) = container.split_once('/').unwrap_or((container, ""));
    let invalid = |why: String| format!("invalid port: {}: {why}", go::quote(raw));
    if port.is_empty() {
        return Err(invalid("no port specified".into()));
    }
    let lower = protocol.to_lowercase();
    let protocol = match lower.as_str() {
        "" => "tcp",
        known @ ("tcp" | "udp" | "sctp") => known,
        _ => return Err(invalid(format!("invalid proto: {protocol}"))),
    };
    address(ip)?;
    let (start, end) = range(port).ok_or_else(|| format!("invalid containerPort: {port}"))?;
    if !host.is_empty() {
        let (host_start, host_end) = range(host).ok_or_else(|| format!("invalid hostPort: {host}"))?;
        if end - start != host_end - host_start && end != start {
            return Err(format!("invalid ranges specified for container and host Ports: {port} and {host}"));
        }
    }
    Ok((start..=end).map(|n| format!("{n}/{protocol}")).collect())
}

fn address(ip: &str) -> Result<(), String> {
    let bare = ip.strip_prefix('[').and_then(|i| i.strip_suffix(']')).unwrap_or(ip);
    if !bare.is_empty() && bare.parse::<IpAddr>().is_err() {
        return Err(format!("invalid IP address: {bare}"));
    }
    Ok(())
}

fn range(text: &str) -> Option<(u32, u32)> {
    let number = |t: &str| go::integer(t).ok().filter(|n| (0..=65_535).contains(n)).and_then(|n| u32::try_from(n).ok());
    match text.split_once('-') {
        Some((start, end)) if start != end => {
            let (start, end) = (number(start)?, number(end)?);
            (end >= start).then_some((start, end))
        }
        Some((start, _)) => number(start).map(|n| (n, n)),
        None => number(text).map(|n| (n, n)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_protocols_are_spelled_out() {
        assert_eq!(ports("80"), Ok(vec!["80/tcp".into()]));
        assert_eq!(ports("53-54/UDP"), Ok(vec!["53/udp".into(), "54/udp".into()]));
        assert_eq!(ports("127.0.0.1:8080:80"), Ok(vec!["80/tcp".into()]));
    }

    #[test]
    fn wrong_ports_are_named() {
        assert_eq!(ports("http"), Err("invalid containerPort: http".into()));
        assert_eq!(ports("80/x"), Err("invalid port: \"80/x\": invalid proto: x".into()));
        assert_eq!(ports("70000"), Err("invalid containerPort: 70000".into()));
        assert_eq!(ports("/tcp"), Err("invalid port: \"/tcp\": no port specified".into()));
    }
}

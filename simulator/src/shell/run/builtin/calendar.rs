//! Dates of `printf '%(format)T'` and of date(1) (strftime(3)), in UTC.

/// The time `seconds` after 1970 in a format of strftime(3).
pub(crate) fn format_time(format: &str, seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (h, m, s) = (second / 3_600, second / 60 % 60, second % 60);
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('Y') => out.push_str(&year.to_string()),
            Some('m') => out.push_str(&format!("{month:02}")),
            Some('d') => out.push_str(&format!("{day:02}")),
            Some('H') => out.push_str(&format!("{h:02}")),
            Some('M') => out.push_str(&format!("{m:02}")),
            Some('S') => out.push_str(&format!("{s:02}")),
            Some('F') => out.push_str(&format!("{year}-{month:02}-{day:02}")),
            Some('T') => out.push_str(&format!("{h:02}:{m:02}:{s:02}")),
            Some('s') => out.push_str(&seconds.to_string()),
            Some('Z') => out.push_str("UTC"),
            Some('z') => out.push_str("+0000"),
            Some('%') => out.push('%'),
            Some('y') => out.push_str(&format!("{:02}", year % 100)),
            Some('e') => out.push_str(&format!("{day:2}")),
            Some('R') => out.push_str(&format!("{h:02}:{m:02}")),
            Some('b' | 'h') => out.push_str(name(MONTHS, month - 1)),
            // 1 January 1970 was a Thursday.
            Some('a') => out.push_str(name(DAYS, (days + 3).rem_euclid(7))),
            Some('j') => out.push_str(&format!("{:03}", days - first_day(year) + 1)),
            Some('u') => out.push_str(&((days + 3).rem_euclid(7) + 1).to_string()),
            Some('w') => out.push_str(&(days + 4).rem_euclid(7).to_string()),
            Some(other) => {
                out.push('%');
                out.push(other);
            }
            None => out.push('%'),
        }
    }
    out
}

const MONTHS: &str = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
const DAYS: &str = "Mon Tue Wed Thu Fri Sat Sun";

fn name(names: &'static str, at: i64) -> &'static str {
    names.split(' ').nth(usize::try_from(at).unwrap_or(0)).unwrap_or("")
}

/// The first of January of a year, counted from 1970-01-01.
fn first_day(year: i64) -> i64 {
    let before = year - 1;
    before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 719_162
}

/// Year, month and day of a day counted from 1970-01-01 (Gregorian calendar, eras of 400 years).
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::format_time;

    #[test]
    fn days_become_dates() {
        assert_eq!(format_time("%F %T", 1_767_225_600), "2026-01-01 00:00:00");
        assert_eq!(format_time("%F", 951_782_400), "2000-02-29");
        assert_eq!(format_time("%a %b %e %T UTC %Y", 1_767_225_600), "Thu Jan  1 00:00:00 UTC 2026");
        assert_eq!(format_time("%j", 951_782_400), "060");
        assert_eq!(format_time("%j", 1_767_225_600), "001");
    }
}

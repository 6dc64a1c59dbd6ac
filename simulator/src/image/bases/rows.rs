//! Official images on top of an operating system: languages and servers, by the versions at which they changed.
//!
//! Sources are the images' own repositories at the commits named; "from memory" where a default operating system of an
//! old tag was not looked up. Scripts that end in `exec "$@"` are given in `script`, shortened to that.

/// One image from one version on, up to the next row of the same name and variant.
#[derive(Clone, Copy, Debug)]
pub struct ImageRow {
    /// Name without registry and `library/`.
    pub repository: &'static str,
    /// A word of the tag that selects this row: `fpm`; empty for the plain image.
    pub variant: &'static str,
    /// First version; a version that is not written out counts as its newest.
    pub since: [u16; 3],
    /// Default operating system.
    pub os: &'static str,
    /// Operating system of `-alpine`.
    pub alpine: &'static str,
    /// Command, program family, and version if it is not that of the tag.
    pub programs: &'static [(&'static str, &'static str, &'static str)],
    /// `ENTRYPOINT`.
    pub entrypoint: &'static [&'static str],
    /// `CMD`; empty means that of the operating system, or none below an entrypoint.
    pub cmd: &'static [&'static str],
    /// `STOPSIGNAL`; empty if not set.
    pub stop_signal: &'static str,
    /// `USER`; empty for root.
    pub user: &'static str,
    /// `ENV` besides `PATH`.
    pub env: &'static [&'static str],
    /// Path and shell of the entrypoint script, which ends in `exec "$@"`.
    pub script: Option<(&'static str, &'static str)>,
    /// The full tag (neither slim nor alpine) stands on buildpack-deps, which has procps and much else.
    pub on_buildpack: bool,
    /// How it is known.
    pub source: &'static str,
}

/// A row with nothing in it.
const EMPTY: ImageRow = ImageRow {
    repository: "",
    variant: "",
    since: [0; 3],
    os: "debian:bookworm",
    alpine: "alpine:3.23",
    programs: &[],
    entrypoint: &[],
    cmd: &[],
    stop_signal: "",
    user: "",
    env: &[],
    script: None,
    on_buildpack: false,
    source: "",
};

const ENTRYPOINT: &[&str] = &["docker-entrypoint.sh"];
const SCRIPT: Option<(&str, &str)> = Some(("/usr/local/bin/docker-entrypoint.sh", "/bin/sh"));
const BASH_SCRIPT: Option<(&str, &str)> = Some(("/usr/local/bin/docker-entrypoint.sh", "/bin/bash"));

const PYTHON: ImageRow = ImageRow {
    repository: "python",
    programs: &[("python3", "python", ""), ("python", "python", ""), ("pip", "python", "")],
    cmd: &["python3"],
    env: &["LANG=C.UTF-8"],
    source: "docker-library/python Dockerfiles; operating system of the tag from memory",
    on_buildpack: true,
    ..EMPTY
};
const NODE: ImageRow = ImageRow {
    repository: "node",
    programs: &[("node", "node", ""), ("npm", "npm", ""), ("npx", "npm", ""), ("yarn", "yarn", "")],
    entrypoint: ENTRYPOINT,
    cmd: &["node"],
    script: SCRIPT,
    source: "nodejs/docker-node, entrypoint since 2019-05-23; operating system of the tag from memory",
    on_buildpack: true,
    ..EMPTY
};
const NODE_OLD: ImageRow = ImageRow { entrypoint: &[], script: None, ..NODE };
const RUBY: ImageRow = ImageRow {
    repository: "ruby",
    programs: &[("ruby", "ruby", ""), ("irb", "ruby", ""), ("bundle", "ruby", ""), ("gem", "ruby", "")],
    cmd: &["irb"],
    source: "docker-library/ruby Dockerfiles; operating system of the tag from memory",
    on_buildpack: true,
    ..EMPTY
};
const NGINX: ImageRow = ImageRow {
    repository: "nginx",
    programs: &[("nginx", "nginx", "")],
    cmd: &["nginx", "-g", "daemon off;"],
    ..EMPTY
};
/// From 1.19.5 on: a script in front, and the graceful signal.
const NGINX_SCRIPTED: ImageRow = ImageRow {
    entrypoint: &["/docker-entrypoint.sh"],
    script: Some(("/docker-entrypoint.sh", "/bin/sh")),
    stop_signal: "SIGQUIT",
    source: "nginxinc/docker-nginx 3fb70dd; operating system of the tag from memory",
    ..NGINX
};
const HTTPD: ImageRow = ImageRow {
    repository: "httpd",
    programs: &[("httpd", "httpd", ""), ("httpd-foreground", "httpd", "")],
    cmd: &["httpd-foreground"],
    ..EMPTY
};
const POSTGRES: ImageRow = ImageRow {
    repository: "postgres",
    programs: &[("postgres", "postgres", "")],
    entrypoint: ENTRYPOINT,
    cmd: &["postgres"],
    script: BASH_SCRIPT,
    ..EMPTY
};
const PHP: ImageRow = ImageRow {
    repository: "php",
    programs: &[("php", "php", "")],
    entrypoint: &["docker-php-entrypoint"],
    cmd: &["php", "-a"],
    script: Some(("/usr/local/bin/docker-php-entrypoint", "/bin/sh")),
    source: "docker-library/php Dockerfiles",
    ..EMPTY
};
const PHP_FPM: ImageRow =
    ImageRow { variant: "fpm", programs: &[("php-fpm", "php-fpm", ""), ("php", "php", "")], cmd: &["php-fpm"], ..PHP };
const HAPROXY: ImageRow = ImageRow {
    repository: "haproxy",
    programs: &[("haproxy", "haproxy", "")],
    entrypoint: ENTRYPOINT,
    cmd: &["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"],
    script: SCRIPT,
    ..EMPTY
};
const TEMURIN: ImageRow = ImageRow {
    repository: "eclipse-temurin",
    os: "ubuntu:24.04",
    alpine: "alpine:3.21",
    programs: &[("java", "java", ""), ("jshell", "java", "")],
    entrypoint: &["/__cacert_entrypoint.sh"],
    cmd: &["jshell"],
    script: Some(("/__cacert_entrypoint.sh", "/bin/bash")),
    source: "adoptium/containers 17.0.20",
    ..EMPTY
};
const OPENJDK: ImageRow = ImageRow {
    repository: "openjdk",
    programs: &[("java", "java", ""), ("jshell", "java", "")],
    cmd: &["jshell"],
    source: "docker-library/openjdk; operating system of the tag from memory",
    on_buildpack: true,
    ..EMPTY
};
const GOLANG: ImageRow = ImageRow {
    repository: "golang",
    programs: &[("go", "go", "")],
    source: "docker-library/golang 1.26: sets no CMD",
    on_buildpack: true,
    ..EMPTY
};

/// All rows; within one name and variant the oldest first.
pub static IMAGE_ROWS: &[ImageRow] = &[
    ImageRow { since: [2, 0, 0], os: "debian:buster", alpine: "alpine:3.11", cmd: &["python2"], ..PYTHON },
    ImageRow { since: [3, 0, 0], os: "debian:jessie", alpine: "alpine:3.6", ..PYTHON },
    ImageRow { since: [3, 5, 0], os: "debian:buster", alpine: "alpine:3.12", ..PYTHON },
    ImageRow { since: [3, 6, 0], os: "debian:bullseye", alpine: "alpine:3.15", ..PYTHON },
    ImageRow { since: [3, 7, 0], os: "debian:bookworm", alpine: "alpine:3.18", ..PYTHON },
    ImageRow { since: [3, 8, 0], os: "debian:bookworm", alpine: "alpine:3.20", ..PYTHON },
    ImageRow { since: [3, 9, 0], os: "debian:trixie", alpine: "alpine:3.22", ..PYTHON },
    // `3.12` names are used with bookworm in most texts; the tag without a suffix moved to trixie in August 2025.
    ImageRow { since: [3, 10, 0], os: "debian:bookworm", alpine: "alpine:3.23", ..PYTHON },
    ImageRow { since: [3, 14, 0], os: "debian:trixie", alpine: "alpine:3.23", ..PYTHON },
    ImageRow { since: [0, 0, 0], os: "debian:jessie", alpine: "alpine:3.4", ..NODE_OLD },
    ImageRow { since: [8, 0, 0], os: "debian:stretch", alpine: "alpine:3.11", ..NODE_OLD },
    ImageRow { since: [8, 16, 1], os: "debian:stretch", alpine: "alpine:3.11", ..NODE },
    ImageRow { since: [12, 0, 0], os: "debian:stretch", alpine: "alpine:3.15", ..NODE },
    ImageRow { since: [14, 0, 0], os: "debian:buster", alpine: "alpine:3.17", ..NODE },
    ImageRow { since: [16, 0, 0], os: "debian:buster", alpine: "alpine:3.18", ..NODE },
    ImageRow { since: [18, 0, 0], os: "debian:bookworm", alpine: "alpine:3.21", ..NODE },
    ImageRow { since: [20, 0, 0], os: "debian:bookworm", alpine: "alpine:3.23", ..NODE },
    ImageRow { since: [0, 0, 0], os: "debian:jessie", alpine: "alpine:3.4", ..RUBY },
    ImageRow { since: [2, 5, 0], os: "debian:buster", alpine: "alpine:3.13", ..RUBY },
    ImageRow { since: [2, 6, 0], os: "debian:bullseye", alpine: "alpine:3.15", ..RUBY },
    ImageRow { since: [3, 1, 0], os: "debian:bookworm", alpine: "alpine:3.21", ..RUBY },
    ImageRow { since: [3, 3, 0], os: "debian:bookworm", alpine: "alpine:3.23", ..RUBY },
    ImageRow {
        since: [0, 0, 0],
        os: "debian:jessie",
        alpine: "alpine:3.4",
        source: "nginxinc/docker-nginx 4d1f7f8^",
        ..NGINX
    },
    ImageRow {
        since: [1, 11, 13],
        os: "debian:stretch",
        alpine: "alpine:3.5",
        stop_signal: "SIGQUIT",
        source: "nginxinc/docker-nginx 4d1f7f8, ec7ff8c",
        ..NGINX
    },
    ImageRow {
        since: [1, 12, 1],
        os: "debian:stretch",
        alpine: "alpine:3.10",
        stop_signal: "SIGTERM",
        source: "nginxinc/docker-nginx 16ec71e",
        ..NGINX
    },
    ImageRow {
        since: [1, 17, 0],
        os: "debian:buster",
        alpine: "alpine:3.11",
        stop_signal: "SIGTERM",
        source: "nginxinc/docker-nginx 16ec71e",
        ..NGINX
    },
    ImageRow { since: [1, 19, 5], os: "debian:buster", alpine: "alpine:3.12", ..NGINX_SCRIPTED },
    ImageRow { since: [1, 21, 0], os: "debian:bullseye", alpine: "alpine:3.17", ..NGINX_SCRIPTED },
    ImageRow { since: [1, 25, 0], os: "debian:bookworm", alpine: "alpine:3.19", ..NGINX_SCRIPTED },
    ImageRow { since: [1, 29, 0], os: "debian:trixie", source: "nginx/docker-nginx 0d7f438", ..NGINX_SCRIPTED },
    ImageRow {
        since: [0, 0, 0],
        os: "debian:stretch",
        alpine: "alpine:3.10",
        source: "docker-library/httpd 3ebff8d^",
        ..HTTPD
    },
    ImageRow {
        since: [2, 4, 41],
        os: "debian:trixie",
        stop_signal: "SIGWINCH",
        source: "docker-library/httpd 9b63b37",
        ..HTTPD
    },
    ImageRow {
        since: [0, 0, 0],
        os: "debian:buster",
        alpine: "alpine:3.12",
        source: "docker-library/postgres bfc5d81c8f^",
        ..POSTGRES
    },
    ImageRow {
        since: [12, 5, 0],
        os: "debian:bookworm",
        stop_signal: "SIGINT",
        source: "docker-library/postgres, change of 2020-09-23",
        ..POSTGRES
    },
    ImageRow {
        repository: "mysql",
        os: "oraclelinux:9",
        programs: &[("mysqld", "mysqld", "")],
        entrypoint: ENTRYPOINT,
        cmd: &["mysqld"],
        script: BASH_SCRIPT,
        source: "docker-library/mysql 8.4",
        ..EMPTY
    },
    ImageRow {
        repository: "mariadb",
        os: "ubuntu:24.04",
        programs: &[("mariadbd", "mariadbd", "")],
        entrypoint: ENTRYPOINT,
        cmd: &["mariadbd"],
        script: BASH_SCRIPT,
        source: "MariaDB/mariadb-docker 11.4",
        ..EMPTY
    },
    ImageRow {
        repository: "redis",
        alpine: "alpine:3.20",
        programs: &[("redis-server", "redis", "")],
        entrypoint: ENTRYPOINT,
        cmd: &["redis-server"],
        script: SCRIPT,
        source: "docker-library/redis 6.2 to 7.2",
        ..EMPTY
    },
    PHP,
    ImageRow { since: [0, 0, 0], os: "debian:stretch", alpine: "alpine:3.8", ..PHP_FPM },
    ImageRow { since: [7, 1, 28], os: "debian:bookworm", stop_signal: "SIGQUIT", ..PHP_FPM },
    ImageRow {
        variant: "apache",
        programs: &[("apache2", "httpd", "2.4"), ("apache2-foreground", "httpd", "2.4"), ("php", "php", "")],
        cmd: &["apache2-foreground"],
        stop_signal: "SIGWINCH",
        ..PHP
    },
    GOLANG,
    ImageRow { since: [0, 0, 0], os: "debian:bullseye", alpine: "alpine:3.12", ..OPENJDK },
    ImageRow { since: [18, 0, 0], os: "oraclelinux:8", alpine: "alpine:3.15", ..OPENJDK },
    ImageRow { since: [0, 0, 0], ..TEMURIN },
    ImageRow { variant: "jre", cmd: &[], ..TEMURIN },
    ImageRow {
        since: [0, 0, 0],
        os: "debian:stretch",
        alpine: "alpine:3.8",
        source: "docker-library/haproxy, before 2018-08-25",
        ..HAPROXY
    },
    ImageRow {
        since: [1, 8, 13],
        os: "debian:buster",
        stop_signal: "SIGUSR1",
        source: "docker-library/haproxy 1.8.13",
        ..HAPROXY
    },
    ImageRow {
        since: [2, 4, 0],
        os: "debian:trixie",
        stop_signal: "SIGUSR1",
        user: "haproxy",
        source: "docker-library/haproxy 82ff028",
        ..HAPROXY
    },
    ImageRow {
        repository: "traefik",
        os: "alpine:3.23",
        programs: &[("traefik", "traefik", "")],
        entrypoint: &["/entrypoint.sh"],
        cmd: &["traefik"],
        script: Some(("/entrypoint.sh", "/bin/sh")),
        source: "traefik/traefik-library-image v3",
        ..EMPTY
    },
    ImageRow {
        repository: "rabbitmq",
        os: "ubuntu:24.04",
        programs: &[("rabbitmq-server", "rabbitmq", "")],
        entrypoint: ENTRYPOINT,
        cmd: &["rabbitmq-server"],
        script: BASH_SCRIPT,
        source: "docker-library/rabbitmq 4.0",
        ..EMPTY
    },
    ImageRow {
        repository: "memcached",
        os: "debian:trixie",
        programs: &[("memcached", "memcached", "")],
        entrypoint: ENTRYPOINT,
        cmd: &["memcached"],
        user: "memcache",
        script: SCRIPT,
        source: "docker-library/memcached 1.6.45",
        ..EMPTY
    },
    ImageRow {
        repository: "mongo",
        os: "ubuntu:22.04",
        programs: &[("mongod", "mongod", "")],
        entrypoint: ENTRYPOINT,
        cmd: &["mongod"],
        script: BASH_SCRIPT,
        source: "docker-library/mongo 7.0.37",
        ..EMPTY
    },
    ImageRow {
        repository: "elixir",
        programs: &[("iex", "beam", ""), ("elixir", "beam", ""), ("mix", "beam", "")],
        cmd: &["iex"],
        source: "erlef/docker-elixir 1.18",
        on_buildpack: true,
        ..EMPTY
    },
    ImageRow {
        repository: "erlang",
        programs: &[("erl", "beam", "")],
        cmd: &["erl"],
        source: "erlang/docker-erlang-otp 27.3.4",
        on_buildpack: true,
        ..EMPTY
    },
    ImageRow {
        repository: "caddy",
        os: "alpine:3.23",
        programs: &[("caddy", "caddy", "")],
        cmd: &["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"],
        source: "caddyserver/caddy-docker 2.11.2",
        ..EMPTY
    },
];

/// Versions that a tag without a version had when it was in use: the tag names only the operating system.
pub static BARE_TAGS: &[(&str, &str, [u16; 3])] = &[("python", "alpine3.6", [3, 6, 2])];

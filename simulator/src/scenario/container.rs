//! From an image and a container of a spec to what the kubelet starts: argv, environment, user, files.
//!
//! Sources: kubernetes `pkg/kubelet/kubelet_pods.go` (`makeEnvironmentVariables`), `pkg/kubelet/container/helpers.go`;
//! containerd `internal/cri/opts`. What the image itself says is decided in `image`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::userland;
use crate::base::Text;
use crate::base::signal::Signal;
use crate::image::{self, Image, Overrides};
use crate::kernel::fs::{Content, File, FileSystem};
use crate::kubelet::{ContainerPlan, StopSignal};
use crate::pod::env::{PodIdentity, environment};
use crate::pod::files::mounted_files;
use crate::pod::spec::{ContainerSpec, Manifests, PodSpec};
use crate::program::call::{Binary, Settings};

/// Name and home that the runtime gives a container without others (containerd `WithDefaultEnv`, kubelet).
const HOME: &str = "/root";

/// What a container of `pod` is, run from `image`. The error is the runtime's reason for not starting it.
pub(super) fn plan(
    pod: &PodSpec,
    spec: &ContainerSpec,
    image: &Image,
    manifests: &Manifests,
    settings: &Settings,
) -> Result<ContainerPlan, String> {
    let pod_env = environment(spec, pod, &identity(pod), manifests)?;
    let overrides =
        Overrides { command: words(spec.command.as_ref()), args: words(spec.args.as_ref()), env: pod_env.clone() };
    let argv = image::argv(&image.config, &overrides)?;
    let mut env: BTreeMap<Text, Text> = BTreeMap::new();
    env.insert("HOME".into(), HOME.into());
    env.insert("HOSTNAME".into(), pod.meta.name.value.as_str().into());
    for entry in &image.config.env {
        let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
        env.insert(name.into(), value.into());
    }
    env.extend(pod_env.iter().map(|(n, v)| (Text::from(n.as_str()), Text::from(v.as_str()))));
    let image_cwd = if image.config.working_dir.is_empty() { "/" } else { &image.config.working_dir };
    let cwd = spec.working_dir.as_ref().map_or(image_cwd, |d| &d.value);
    let mut files = file_system(image);
    mount(&mut files, pod, spec, manifests)?;
    files.add_given(&pod.meta.name.value);
    // The runtime makes the working directory if it is not there (runc `finalizeNamespace` after `createDevices`).
    if !files.is_directory("/", cwd) {
        files.put(cwd, File { content: Content::Directory, executable: true, origin: None });
    }
    let uid =
        spec.run_as_user.as_ref().map_or_else(|| user_id(&image.config.user), |u| u32::try_from(u.value).unwrap_or(0));
    Ok(ContainerPlan {
        argv: argv.iter().map(|a| Text::from(a.as_str())).collect(),
        env: Arc::new(env.into()),
        cwd: crate::kernel::fs::normal("/", cwd),
        uid,
        stop_signal: stop_signal(&image.config.stop_signal),
        files,
        settings: settings.clone(),
        answers: Vec::new(),
    })
}

/// What the pod is called and where it runs, before its controller has named it.
fn identity(pod: &PodSpec) -> PodIdentity {
    PodIdentity {
        name: pod.meta.name.value.clone(),
        uid: "00000000-0000-4000-8000-000000000001".into(),
        pod_ip: "10.244.0.10".into(),
        node_name: "node".into(),
        host_ip: "192.168.49.2".into(),
    }
}

fn words(list: Option<&crate::pod::spec::Located<Vec<crate::pod::spec::Located<String>>>>) -> Vec<String> {
    list.map(|l| l.value.iter().map(|w| w.value.clone()).collect()).unwrap_or_default()
}

fn stop_signal(text: &str) -> StopSignal {
    match (text, Signal::parse(text)) {
        ("", _) => StopSignal::Unset,
        (_, Some(signal)) => StopSignal::Known(signal),
        (_, None) => StopSignal::Unknown(text.into()),
    }
}

/// Names are not looked up in a user database; whoever is not root is the usual first user.
pub(super) fn user_id(user: &str) -> u32 {
    let name = user.split(':').next().unwrap_or("");
    match name.parse() {
        Ok(uid) => uid,
        Err(_) if name.is_empty() || name == "root" => 0,
        Err(_) => 1_000,
    }
}

/// The files of the image: what its operating system brings, its programs, what the build copied.
fn file_system(image: &Image) -> FileSystem {
    let mut fs = FileSystem::new();
    userland::install(&mut fs, &image.base);
    let own = image.base.programs.iter().map(|(c, p)| (userland::path_of(c, &p.family), c, p));
    for (usual, command, program) in own {
        let path = if command.starts_with('/') { command } else { &usual };
        fs.put_binary(path, binary(&image.base, program));
    }
    for (command, program) in &image.rootfs.programs {
        if command.starts_with('/') {
            fs.put_binary(command, binary(&image.base, program));
            continue;
        }
        let usual = userland::path_of_package(command, &program.family);
        match userland::of_package(&image.base, program) {
            Some((also, binary)) => {
                fs.put_binary(&usual, binary.clone());
                fs.put_binary(&format!("{also}/{command}"), binary);
            }
            None => fs.put_binary(&usual, binary(&image.base, program)),
        }
    }
    if let Some((path, text)) = &image.base.script {
        fs.put_text(path, text.as_str(), true);
    }
    for directory in &image.rootfs.directories {
        fs.put(directory, File { content: Content::Directory, executable: true, origin: None });
    }
    for (path, file) in &image.rootfs.files {
        let content = match &file.content {
            image::rootfs::Content::Text(text) => Content::Text(text.clone()),
            image::rootfs::Content::Program(program) => Content::Binary(binary(&image.base, program)),
            image::rootfs::Content::Unknown if file.executable => Content::Binary(Binary::Program {
                name: path.rsplit('/').next().unwrap_or(path).into(),
                version: "".into(),
            }),
            image::rootfs::Content::Unknown => Content::Text("".into()),
        };
        let origin = (!file.source.is_empty()).then(|| file.source.clone());
        fs.put(path, File { content, executable: file.executable, origin });
    }
    fs
}

fn binary(base: &image::bases::Base, program: &image::bases::Program) -> Binary {
    userland::shell(base, &program.family).unwrap_or_else(|| Binary::Program {
        name: program.family.as_str().into(),
        version: program.version.as_str().into(),
    })
}

/// Puts the keys of ConfigMaps where they are mounted. Other volumes are empty directories.
fn mount(fs: &mut FileSystem, pod: &PodSpec, spec: &ContainerSpec, manifests: &Manifests) -> Result<(), String> {
    for mount in &spec.volume_mounts {
        if mount.sub_path.is_none() {
            fs.put(&mount.mount_path.value, File { content: Content::Directory, executable: true, origin: None });
        }
    }
    // The kubelet mounts an empty file there.
    fs.put_text(&spec.termination_message_path.value, "", false);
    for file in mounted_files(spec, pod, manifests)? {
        fs.put_text(&file.path, file.text, file.mode & 0o111 != 0);
    }
    Ok(())
}

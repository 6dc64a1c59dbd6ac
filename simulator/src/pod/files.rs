//! Files that volumes put into a container: the keys of ConfigMaps.
//!
//! Source: `pkg/volume/configmap/configmap.go` `MakePayload`; with a `subPath` only that file or directory appears, at the
//! mount path itself. The other volumes are empty directories here.

use super::spec::{ContainerSpec, Manifests, PodSpec, VolumeMount, VolumeSource};

/// A file of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountedFile {
    /// Where in the container.
    pub path: String,
    /// Its content.
    pub text: String,
    /// Permission bits; 0644 unless the volume says otherwise.
    pub mode: i64,
}

/// What the volumes of `container` contain. `Err` is the message of the event FailedMount: the pod stays in
/// ContainerCreating until what is missing appears.
pub fn mounted_files(
    container: &ContainerSpec,
    pod: &PodSpec,
    manifests: &Manifests,
) -> Result<Vec<MountedFile>, String> {
    let mut files = Vec::new();
    for mount in &container.volume_mounts {
        let Some(volume) = pod.volumes.iter().find(|v| v.name.value == mount.name.value) else { continue };
        let VolumeSource::ConfigMap { name, items, mode, optional } = &volume.source else { continue };
        let failed = |why: String| format!("MountVolume.SetUp failed for volume {:?} : {why}", volume.name.value);
        let Some(map) = manifests.config_map(&pod.meta.namespace.value, &name.value) else {
            if *optional {
                continue;
            }
            return Err(failed(format!("configmap {:?} not found", name.value)));
        };
        let chosen: Vec<(&str, &str)> = match items.is_empty() {
            true => map.data.keys().map(|key| (key.as_str(), key.as_str())).collect(),
            false => items.iter().map(|(key, path)| (key.value.as_str(), path.value.as_str())).collect(),
        };
        for (key, path) in chosen {
            match map.data.get(key) {
                Some(text) => files.extend(place(mount, path).map(|path| MountedFile {
                    path,
                    text: text.value.clone(),
                    mode: mode.value,
                })),
                None if *optional => {}
                None => return Err(failed(format!("configmap references non-existent config key: {key}"))),
            }
        }
    }
    Ok(files)
}

fn place(mount: &VolumeMount, path: &str) -> Option<String> {
    let top = mount.mount_path.value.trim_end_matches('/');
    match &mount.sub_path {
        None => Some(format!("{top}/{path}")),
        Some(sub) if sub.value == path => Some(top.to_owned()),
        Some(sub) => {
            path.strip_prefix(sub.value.as_str()).filter(|rest| rest.starts_with('/')).map(|r| format!("{top}{r}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pod::{Api, parse};

    const TEXT: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: scripts}
data:
  run.sh: |
    exec app
  stop.sh: |-
    kill 1
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  volumes:
  - name: all
    configMap: {name: scripts, defaultMode: 0755}
  containers:
  - name: app
    image: x
    volumeMounts:
    - {name: all, mountPath: /scripts/}
    - {name: all, mountPath: /entry.sh, subPath: run.sh}
";

    fn of(text: &str) -> Result<Vec<MountedFile>, String> {
        let (manifests, remarks) = parse("pod.yaml", text, Api::default());
        assert_eq!(remarks, []);
        let pod = &manifests.workloads[0].pod;
        mounted_files(&pod.containers[0], pod, &manifests)
    }

    #[test]
    fn keys_are_files_and_a_sub_path_is_one_of_them() {
        let file = |path: &str, text: &str| MountedFile { path: path.into(), text: text.into(), mode: 0o755 };
        assert_eq!(
            of(TEXT),
            Ok(vec![
                file("/scripts/run.sh", "exec app\n"),
                file("/scripts/stop.sh", "kill 1"),
                file("/entry.sh", "exec app\n")
            ])
        );
    }

    #[test]
    fn a_missing_config_map_keeps_the_pod_from_starting() {
        assert_eq!(
            of(&TEXT.replace("configMap: {name: scripts", "configMap: {name: other")),
            Err("MountVolume.SetUp failed for volume \"all\" : configmap \"other\" not found".to_owned())
        );
    }
}

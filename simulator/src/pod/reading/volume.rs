//! Volumes of a pod.
//!
//! Source: `pkg/apis/core/validation/validation.go` `ValidateVolumes`, `validateVolumeSource`.

use super::{Reader, View};
use crate::pod::defaults;
use crate::pod::field_error::{duplicate, forbidden, required};
use crate::pod::names::{self, Rule};
use crate::pod::spec::{Located, Volume, VolumeSource};

impl Reader<'_> {
    /// The list `volumes`.
    pub fn volumes(&mut self, at: &View<'_>) -> Vec<Volume> {
        let mut volumes: Vec<Volume> = Vec::new();
        for item in at.items() {
            let name_at = item.get("name");
            let Some(name) = name_at.filled() else {
                required(&mut self.remarks, &View { span: item.head(), ..name_at }, "");
                continue;
            };
            names::check(&mut self.remarks, &name_at, &name.value, Rule::Label);
            if volumes.iter().any(|v| v.name.value == name.value) {
                duplicate(&mut self.remarks, &name_at, &name.value);
            }
            let source = self.volume_source(&item);
            volumes.push(Volume { name, source });
        }
        volumes
    }

    fn volume_source(&mut self, item: &View<'_>) -> VolumeSource {
        let entries = item.node.map_or(&[][..], |n| n.entries());
        let mut sources = entries.iter().filter(|e| e.key != "name").map(|e| e.key.as_str());
        // A volume without a source is an emptyDir (`SetDefaults_Volume`).
        let Some(kind) = sources.next() else { return VolumeSource::EmptyDir };
        if let Some(second) = sources.next() {
            forbidden(&mut self.remarks, &item.get(second), "may not specify more than 1 volume type");
        }
        let source = item.get(kind);
        match kind {
            "emptyDir" => VolumeSource::EmptyDir,
            "configMap" => self.config_map_volume(&source),
            "hostPath" => match source.get("path").filled() {
                Some(path) => VolumeSource::HostPath(path),
                None => {
                    required(&mut self.remarks, &View { span: source.head(), ..source.get("path") }, "");
                    VolumeSource::Other
                }
            },
            _ => VolumeSource::Other,
        }
    }

    fn config_map_volume(&mut self, at: &View<'_>) -> VolumeSource {
        let name_at = at.get("name");
        if name_at.filled().is_none() {
            required(&mut self.remarks, &View { span: at.head(), ..name_at.clone() }, "");
        }
        let mut items = Vec::new();
        for item in at.get("items").items() {
            match (item.get("key").filled(), item.get("path").filled()) {
                (Some(key), Some(path)) => items.push((key, path)),
                (None, _) => required(&mut self.remarks, &View { span: item.head(), ..item.get("key") }, ""),
                (_, None) => required(&mut self.remarks, &View { span: item.head(), ..item.get("path") }, ""),
            }
        }
        let mode = at.get("defaultMode").int().unwrap_or(Located::default_at(defaults::CONFIG_MAP_MODE, at.span));
        VolumeSource::ConfigMap { name: name_at.text_or(""), items, mode, optional: at.get("optional").flag().value }
    }
}

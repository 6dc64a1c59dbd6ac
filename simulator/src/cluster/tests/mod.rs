//! Tests of the cluster, over a plain node that runs scripted processes: no kubelet, no images.

mod controllers;
mod growth;
mod lab;
mod requests;

//! Tests of the cluster, over a plain node that runs scripted processes: no kubelet, no images.

mod connections;
mod controllers;
mod growth;
mod lab;
mod requests;

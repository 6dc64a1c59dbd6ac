//! With the feature `split`: records the opening figure, so that the page shows it before the simulator has arrived.

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "split")]
    record()?;
    Ok(())
}

#[cfg(feature = "split")]
fn record() -> std::io::Result<()> {
    let bytes = postcard::to_allocvec(&simulator::wire::recording()).map_err(std::io::Error::other)?;
    let folder = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    std::fs::write(folder.join("recording"), bytes)
}

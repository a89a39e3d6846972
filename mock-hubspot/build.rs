//! How the program is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |what: &str, value: &str| std::env::var(what).is_ok_and(|found| found == value);
    // At a fixed address nothing has to be relocated at the start: a tenth of what an idle mock keeps in memory was copies made for
    // that. Of its own code nothing is unsafe, and stacks, heap and libraries still lie at random addresses.
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

//! What extraction promises of real binaries: compiled here, with what this machine has.

#[cfg(test)]
mod extract {
    mod btf;
    mod dwarf;
    mod hostile;
    mod manifest;
    mod pe;
    mod workshop;
}

//! The lab's `/etc`, and the sockets of name service caches that would answer past it.
//!
//! A file system in memory is laid over `/etc`. It holds the lab's files; every other name of the system's `/etc` is a
//! symbolic link to where that is still reached, [`HOST_ETC`], so that a subject finds its own configuration.
//! The mount API that works on descriptors (`fsopen(2)`, `move_mount(2)`, Linux 5.2) needs no directory elsewhere.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, mkdirat, openat, readlinkat, statat, symlinkat};
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags,
    fsconfig_create, fsconfig_set_string, fsmount, fsopen, mount_change, move_mount, open_tree,
};
use rustix::process::umask;

use crate::enter::LabError;
use crate::spec::{HOST_ETC, LabSpec, SCRATCH};

const ETC: &str = "/etc";
/// Where name service caches listen.
const CACHES: [&str; 2] = ["/run/nscd", "/var/run/nscd"];

/// Keeps what is mounted from now on inside this mount namespace.
pub(crate) fn make_private() -> Result<(), LabError> {
    let flags = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", flags).map_err(|error| LabError::step("making mounts private", error.into()))
}

/// Lays the lab's `/etc` over the system's.
pub(crate) fn mount(spec: &LabSpec) -> Result<(), LabError> {
    let step = |doing: &'static str| move |error: rustix::io::Errno| LabError::step(doing, error.into());
    let flags =
        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    let system = open_tree(CWD, ETC, flags).map_err(step("taking hold of the system's /etc"))?;
    let lab = memory().map_err(step("making a file system in memory"))?;
    // Names and modes as given here, whatever mask the caller was started with.
    let mask = umask(Mode::empty());
    let filled = fill(&lab, spec);
    umask(mask);
    filled.map_err(|source| LabError::step("writing the lab's /etc", source))?;
    attach(&lab, ETC).map_err(step("mounting the lab's /etc"))?;
    attach(&system, &format!("{ETC}/{HOST_ETC}")).map_err(step("mounting the system's /etc below the lab's"))
}

/// Hides the sockets of name service caches, which answer from files outside the lab.
pub(crate) fn hide_caches() -> Result<(), LabError> {
    let mut hidden = BTreeSet::new();
    for path in CACHES {
        // Mostly two names of one directory.
        let Ok(directory) = Path::new(path).canonicalize() else { continue };
        if directory.is_dir() && hidden.insert(directory) {
            memory()
                .and_then(|empty| attach(&empty, path))
                .map_err(|error| LabError::step(&format!("hiding {path}"), error.into()))?;
        }
    }
    Ok(())
}

/// A fresh file system in memory, mounted nowhere yet.
fn memory() -> rustix::io::Result<OwnedFd> {
    let context = fsopen("tmpfs", FsOpenFlags::FSOPEN_CLOEXEC)?;
    fsconfig_set_string(context.as_fd(), "source", "sockspec")?;
    fsconfig_set_string(context.as_fd(), "mode", "0755")?;
    fsconfig_create(context.as_fd())?;
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV;
    fsmount(context.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, attributes)
}

fn attach(mount: &OwnedFd, path: &str) -> rustix::io::Result<()> {
    move_mount(mount.as_fd(), "", CWD, path, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
}

/// Writes the lab's files and the links to everything else into the directory `root`.
fn fill(root: &OwnedFd, spec: &LabSpec) -> io::Result<()> {
    let mut taken: BTreeSet<&[u8]> = BTreeSet::new();
    for (name, bytes) in spec.etc() {
        write(root, name, bytes)?;
        taken.insert(name.as_bytes());
    }
    if !taken.contains(b"hostname".as_slice()) {
        write(root, "hostname", format!("{}\n", spec.hostname()).as_bytes())?;
        taken.insert(b"hostname");
    }
    mkdirat(root, HOST_ETC, Mode::from_raw_mode(0o755))?;
    mkdirat(root, SCRATCH, Mode::from_raw_mode(0o777))?;
    let system = openat(CWD, ETC, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    for entry in Dir::read_from(&system)? {
        let entry = entry?;
        let name = entry.file_name();
        let bytes = name.to_bytes();
        if taken.contains(bytes)
            || [b".".as_slice(), b"..", SCRATCH.as_bytes(), HOST_ETC.as_bytes()].contains(&bytes)
        {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => {
                FileType::from_raw_mode(statat(&system, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode)
            }
            kind => kind,
        };
        if kind == FileType::Symlink {
            // As it stands: where it is relative, it is so to /etc.
            symlinkat(readlinkat(&system, name, Vec::new())?.as_c_str(), root, name)?;
        } else {
            let mut target = HOST_ETC.as_bytes().to_vec();
            target.push(b'/');
            target.extend_from_slice(bytes);
            symlinkat(target.as_slice(), root, name)?;
        }
    }
    Ok(())
}

fn write(root: &OwnedFd, name: &str, bytes: &[u8]) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let file = openat(root, name, flags, Mode::from_raw_mode(0o644))?;
    File::from(file).write_all(bytes)
}

// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How many inputs this program really fills, stated where it passes them on.
//
//     include!("bootgate_supply.rs");
//
//     let mut inputs = [Input::EMPTY; 32];
//     // …fill inputs[0] to inputs[19]…
//     let hit = evaluate(criteria, bootgate_pass!("inputs.ipc", inputs, 20));
//
// The call gets a reference to an array of exactly that many elements. The compiler refuses a count that is no
// constant, a count beyond the array's length, and a slice or a pointer in place of the array. What it has accepted
// becomes a record in the binary: a note in the section `.note.bootgate` (ELF), or in the section `.bgsup` (PE).
// `bootgate contract extract` reads it as evidence `emitted`. Needs Rust 1.82, and nothing of `std`.
//
//     bootgate_pass!(name, array, count)                     the first `count` elements: `&[T; count]`
//     bootgate_pass!(name, array, count, beyond: fault)      the same, with what happens to a read beyond them:
//                                                            `fault` or `no_match`
//     bootgate_inputs!(name, [value, …])                     an array of exactly these values; the count is theirs

/// States how many elements of an array are filled, and gives these as an array of exactly that length.
#[allow(unused_macros)]
macro_rules! bootgate_pass {
    ($name:literal, $array:expr, $count:expr) => {
        bootgate_pass!(@checked $name, $array, $count, 0)
    };
    ($name:literal, $array:expr, $count:expr, beyond: fault) => {
        bootgate_pass!(@checked $name, $array, $count, 1)
    };
    ($name:literal, $array:expr, $count:expr, beyond: no_match) => {
        bootgate_pass!(@checked $name, $array, $count, 2)
    };
    (@checked $name:literal, $array:expr, $count:expr, $beyond:literal) => {{
        const BOOTGATE_COUNT: usize = $count;
        bootgate_pass!(@record $name, BOOTGATE_COUNT, $beyond);
        #[inline(always)]
        const fn bootgate_filled<T, const LENGTH: usize>(array: &[T; LENGTH]) -> &[T; BOOTGATE_COUNT] {
            const { assert!(BOOTGATE_COUNT <= LENGTH, "bootgate: more is stated than the array has elements") };
            match array.first_chunk() {
                Some(filled) => filled,
                None => panic!(),
            }
        }
        bootgate_filled(&$array)
    }};
    // One record: an ELF note of the owner "bootgate" and type 1. `src/extract/emitting.md` has its layout.
    (@record $name:literal, $count:expr, $beyond:literal) => {
        const _: () = {
            const NAME: &[u8] = str::as_bytes($name);
            // With a zero byte behind it, in whole words.
            const NAME_SPACE: usize = (NAME.len() / 4 + 1) * 4;
            const COUNT: u64 = $count as u64;
            #[repr(C, align(4))]
            struct Record {
                head: [u32; 3],
                owner: [u8; 12],
                body: [u32; 5],
                name: [u8; NAME_SPACE],
            }
            #[used]
            #[cfg_attr(any(windows, target_os = "uefi", target_os = "cygwin"), unsafe(link_section = ".bgsup"))]
            #[cfg_attr(
                not(any(windows, target_os = "uefi", target_os = "cygwin")),
                unsafe(link_section = ".note.bootgate")
            )]
            static RECORD: Record = {
                assert!(!NAME.is_empty(), "bootgate: the name is empty");
                let mut name = [0; NAME_SPACE];
                let mut at = 0;
                while at < NAME.len() {
                    name[at] = NAME[at];
                    at += 1;
                }
                Record {
                    head: [9, 20 + NAME_SPACE as u32, 1],
                    owner: *b"bootgate\0\0\0\0",
                    body: [1, $beyond, COUNT as u32, (COUNT >> 32) as u32, NAME.len() as u32],
                    name,
                }
            };
        };
    };
}

/// An array of these values; states that so many are filled.
#[allow(unused_macros)]
macro_rules! bootgate_inputs {
    ($name:literal, [$($value:expr),+ $(,)?]) => {{
        const BOOTGATE_COUNT: usize = [$(bootgate_inputs!(@one $value)),+].len();
        bootgate_pass!(@record $name, BOOTGATE_COUNT, 0);
        [$($value),+]
    }};
    (@one $value:expr) => { () };
}

//! The sound of a WAV recording, coded otherwise: IMA ADPCM and GSM in WAV, ALAC in MP4.

use super::{
    boxes::{boxed, movie},
    header::riff,
    wave::Wave,
};
use crate::sabotage::Lie;

/// The file with its sound coded otherwise, where this lie does that.
pub(super) fn spoil(lie: Lie, bytes: &[u8]) -> Option<Vec<u8>> {
    let code = match lie {
        Lie::MediaAdpcm => adpcm,
        Lie::MediaGsm => gsm,
        Lie::MediaAlac => alac,
        _ => return None,
    };
    Wave::read(bytes).map(|wave| code(&wave))
}

/// A block of two channels, and the frames that it holds: four bytes of head a channel, half a byte a sample.
const ADPCM_BLOCK: u16 = 1024;
const ADPCM_FRAMES: usize = 1017;
const ADPCM_STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88,
    97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658,
    724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660,
    4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818,
    18500, 20350, 22385, 24623, 27086, 29794, 32767,
];
const ADPCM_INDEX: [i32; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

#[derive(Clone, Copy)]
struct Predictor {
    sample: i32,
    index: i32,
}

impl Predictor {
    fn code(&mut self, sample: i16) -> u8 {
        let step = ADPCM_STEPS[self.index as usize];
        let difference = i32::from(sample) - self.sample;
        let (mut rest, mut code, mut moved) = (difference.abs(), 0, step >> 3);
        for bit in [2, 1, 0] {
            let part = step >> (2 - bit);
            if rest >= part {
                rest -= part;
                moved += part;
                code |= 1 << bit;
            }
        }
        let moved = if difference < 0 { -moved } else { moved };
        self.sample = (self.sample + moved).clamp(-32_768, 32_767);
        self.index = (self.index + ADPCM_INDEX[code]).clamp(0, 88);
        code as u8 | if difference < 0 { 8 } else { 0 }
    }
}

fn adpcm(wave: &Wave) -> Vec<u8> {
    let mut data = Vec::new();
    let mut state = [Predictor { sample: 0, index: 0 }; 2];
    for block in wave.frames.chunks_exact(ADPCM_FRAMES) {
        for (channel, state) in state.iter_mut().enumerate() {
            state.sample = i32::from(block[0][channel]);
            data.extend(block[0][channel].to_le_bytes());
            data.extend([state.index as u8, 0]);
        }
        for eight in block[1..].chunks_exact(8) {
            for (channel, state) in state.iter_mut().enumerate() {
                let codes: Vec<u8> = eight.iter().map(|frame| state.code(frame[channel])).collect();
                data.extend(codes.chunks_exact(2).map(|pair| pair[0] | pair[1] << 4));
            }
        }
    }
    let frames = data.len() / usize::from(ADPCM_BLOCK) * ADPCM_FRAMES;
    let mut format = format(0x11, wave.rate, ADPCM_BLOCK, 4);
    format.extend([2, 0]);
    format.extend((ADPCM_FRAMES as u16).to_le_bytes());
    riff(&[(*b"fmt ", &format), (*b"fact", &(frames as u32).to_le_bytes()), (*b"data", &data)])
}

/// The header of GSM 6.10 in WAV, as Asterisk's `wav49` writes it, and as many blocks as the call is long.
fn gsm(wave: &Wave) -> Vec<u8> {
    let blocks = wave.frames.len() / 320;
    let data: Vec<u8> =
        (0..blocks * 130).map(|n| if n % 65 == 0 { 0xd2 } else { (n * 31 % 251) as u8 }).collect();
    let mut format = format(0x31, wave.rate, 130, 0);
    format.extend([2, 0, 0x40, 1]);
    riff(&[(*b"fmt ", &format), (*b"fact", &(blocks as u32 * 320).to_le_bytes()), (*b"data", &data)])
}

/// Two channels of so many bits a sample in blocks of this size.
fn format(tag: u16, rate: u32, block: u16, bits: u16) -> Vec<u8> {
    let mut format = tag.to_le_bytes().to_vec();
    format.extend(2_u16.to_le_bytes());
    format.extend(rate.to_le_bytes());
    format.extend((rate * u32::from(bits.max(1)) / 4).to_le_bytes());
    format.extend(block.to_le_bytes());
    format.extend(bits.to_le_bytes());
    format
}

const ALAC_FRAMES: usize = 4096;

/// ALAC in MP4: each packet says that it is not compressed, which every decoder takes.
fn alac(wave: &Wave) -> Vec<u8> {
    let packets: Vec<(Vec<u8>, u32)> =
        wave.frames.chunks(ALAC_FRAMES).map(|chunk| (alac_packet(chunk), chunk.len() as u32)).collect();
    let mut cookie = (ALAC_FRAMES as u32).to_be_bytes().to_vec();
    cookie.extend([0, 16, 40, 10, 14, 2, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0]);
    cookie.extend(wave.rate.to_be_bytes());
    let inside = boxed(*b"alac", &[&[0; 4][..], &cookie].concat());
    let mut entry = b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\x02\0\x10\0\0\0\0".to_vec();
    entry.extend((wave.rate << 16).to_be_bytes());
    entry.extend(inside);
    movie(&boxed(*b"alac", &entry), wave.rate, &packets)
}

fn alac_packet(frames: &[[i16; 2]]) -> Vec<u8> {
    let mut bits = Bits::default();
    // A pair of channels, instance 0, unused, "the count follows", no shift, "not compressed".
    bits.put(1, 3);
    bits.put(0, 16);
    bits.put(1, 1);
    bits.put(0, 2);
    bits.put(1, 1);
    bits.put(frames.len() as u32, 32);
    for sample in frames.iter().flatten() {
        bits.put(u32::from(sample.cast_unsigned()), 16);
    }
    bits.put(7, 3);
    bits.bytes
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn put(&mut self, number: u32, count: u32) {
        for bit in (0..count).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= ((number >> bit & 1) as u8) << (7 - self.used % 8);
            self.used += 1;
        }
    }
}

//! How samples are written down: WAV by hand, FLAC by `flacenc`.

use flacenc::component::BitRepr;
use flacenc::error::Verify;

use super::SAMPLE_RATE;
use super::voice::Samples;

const STEREO: u16 = 2;
const BITS: u16 = 16;

/// A header of 44 bytes, then the samples.
pub(super) fn wav<const CHANNELS: usize>(samples: &[[i16; CHANNELS]]) -> Vec<u8> {
    let frame = CHANNELS as u16 * BITS / 8;
    let data = samples.len() as u32 * u32::from(frame);
    let mut bytes = Vec::with_capacity(44 + data as usize);
    bytes.extend(b"RIFF");
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend((CHANNELS as u16).to_le_bytes());
    bytes.extend(SAMPLE_RATE.to_le_bytes());
    bytes.extend((SAMPLE_RATE * u32::from(frame)).to_le_bytes());
    bytes.extend(frame.to_le_bytes());
    bytes.extend(BITS.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    bytes.extend(samples.iter().flatten().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

/// The header of an RF64 file (EBU Tech 3306) with so many bytes of samples: sizes that 32 bits cannot hold stand in `ds64`.
pub(super) fn rf64_header(data: u64) -> Vec<u8> {
    let frame = STEREO * BITS / 8;
    let mut bytes = Vec::from(*b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0");
    bytes.extend((RF64_HEADER - 8 + data).to_le_bytes());
    bytes.extend(data.to_le_bytes());
    bytes.extend((data / u64::from(frame)).to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(b"fmt \x10\0\0\0\x01\0");
    bytes.extend(STEREO.to_le_bytes());
    bytes.extend(SAMPLE_RATE.to_le_bytes());
    bytes.extend((SAMPLE_RATE * u32::from(frame)).to_le_bytes());
    bytes.extend(frame.to_le_bytes());
    bytes.extend(BITS.to_le_bytes());
    bytes.extend(b"data\xff\xff\xff\xff");
    bytes
}

/// Its length: RIFF 12, ds64 36, fmt 24, the head of data 8.
pub(super) const RF64_HEADER: u64 = 80;

/// The same samples as FLAC.
pub(super) fn flac(samples: &Samples) -> Vec<u8> {
    let samples: Vec<i32> = samples.iter().flatten().copied().map(i32::from).collect();
    let config =
        flacenc::config::Encoder::default().into_verified().expect("the encoder's own defaults are valid");
    let source = flacenc::source::MemSource::from_samples(
        &samples,
        usize::from(STEREO),
        usize::from(BITS),
        SAMPLE_RATE as usize,
    );
    let mut stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size)
        .expect("16-bit samples of two channels can always be encoded");
    // The encoder counts the last, shorter block as the smallest; RFC 9639 §8.2 leaves it out.
    stream
        .stream_info_mut()
        .set_block_sizes(config.block_size, config.block_size)
        .expect("the size was used for encoding");
    let mut sink = flacenc::bitsink::ByteSink::new();
    stream.write(&mut sink).expect("writing to memory cannot fail");
    sink.into_inner()
}

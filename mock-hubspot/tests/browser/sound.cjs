// Recordings of two speakers, made sample by sample: WAV, FLAC (verbatim frames) and MP4 (the same frames in boxes).
"use strict";

const RATE = 8000;

/** Two channels that take turns; each turn rises and falls as syllables do. */
function speech(seconds) {
  const left = new Int16Array(seconds * RATE);
  const right = new Int16Array(seconds * RATE);
  let noise = 7;
  for (let n = 0; n < left.length; n++) {
    const t = n / RATE;
    const turn = Math.floor(t / 2.1);
    const within = (t % 2.1) / 2.1;
    noise = (noise * 1103515245 + 12345) % 2147483648;
    const syllables = Math.abs(Math.sin(t * 8.3 + turn)) * (0.55 + 0.45 * Math.sin(t * 2.9 + turn * 2));
    const loud = within > 0.06 && within < 0.82 ? Math.max(0, syllables) : 0;
    const voice = Math.sin(2 * Math.PI * (turn % 2 ? 180 : 130) * t) * 0.6 + (noise / 2147483648 - 0.5) * 0.8;
    const sample = Math.round(loud * voice * 15000);
    (turn % 2 ? right : left)[n] = sample;
  }
  return [left, right];
}

function interleaved([left, right]) {
  const bytes = Buffer.alloc(left.length * 4);
  for (let n = 0; n < left.length; n++) {
    bytes.writeInt16LE(left[n], 4 * n);
    bytes.writeInt16LE(right[n], 4 * n + 2);
  }
  return bytes;
}

function wav(channels) {
  const data = interleaved(channels);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 4, 28);
  head.writeUInt16LE(4, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

const BLOCK = 4096;

function crc(bytes, width, polynomial) {
  const top = 1 << (width - 1);
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) sum = sum & top ? (sum << 1) ^ polynomial : sum << 1;
    sum &= (1 << width) - 1;
  }
  return sum;
}

/** One frame of RFC 9639 §9: both channels verbatim. Frame numbers stay below 128, so each is one byte. */
function frame([left, right], number) {
  const from = number * BLOCK;
  const count = Math.min(BLOCK, left.length - from);
  // Sync and fixed block size; size in 16 bits at the end of the header, 8 kHz; two channels of 16 bits; the number.
  const head = Buffer.from([0xff, 0xf8, 0x74, 0x18, number, (count - 1) >> 8, (count - 1) & 0xff]);
  const parts = [head, Buffer.from([crc(head, 8, 0x07)])];
  for (const channel of [left, right]) {
    const sub = Buffer.alloc(1 + 2 * count);
    sub[0] = 0b00000010;
    for (let n = 0; n < count; n++) sub.writeInt16BE(channel[from + n], 1 + 2 * n);
    parts.push(sub);
  }
  const bytes = Buffer.concat(parts);
  const sum = crc(bytes, 16, 0x8005);
  return Buffer.concat([bytes, Buffer.from([sum >> 8, sum & 0xff])]);
}

function frames(channels) {
  const count = Math.ceil(channels[0].length / BLOCK);
  if (count > 127) throw new Error("too long for one-byte frame numbers");
  return Array.from({ length: count }, (_, n) => frame(channels, n));
}

/** The 34 bytes of STREAMINFO, without the checksum of the sound. */
function info(samples) {
  const bytes = Buffer.alloc(34);
  bytes.writeUInt16BE(BLOCK, 0);
  bytes.writeUInt16BE(BLOCK, 2);
  bytes.writeUInt32BE((RATE << 12) | (1 << 9) | (15 << 4), 10);
  bytes.writeUInt32BE(samples, 14);
  return bytes;
}

function flac(channels) {
  const streaminfo = Buffer.concat([Buffer.from([0x80, 0, 0, 34]), info(channels[0].length)]);
  return Buffer.concat([Buffer.from("fLaC"), streaminfo, ...frames(channels)]);
}

const u32 = (...numbers) => Buffer.concat(numbers.map((n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; }));
const u16 = (...numbers) => Buffer.concat(numbers.map((n) => { const b = Buffer.alloc(2); b.writeUInt16BE(n); return b; }));

function box(type, ...content) {
  const inside = Buffer.concat(content);
  return Buffer.concat([u32(8 + inside.length), Buffer.from(type), inside]);
}

/** FLAC in ISO boxes, the index in front. */
function mp4(channels) {
  const all = frames(channels);
  const samples = channels[0].length;
  const last = samples - (all.length - 1) * BLOCK;
  const matrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
  const entry = box("fLaC", u32(0), u16(0, 1), u32(0, 0), u16(2, 16, 0, 0), u32(RATE * 65536),
    box("dfLa", u32(0), Buffer.from([0x80, 0, 0, 34]), info(samples)));
  const table = (at) => box("stbl",
    box("stsd", u32(0, 1), entry),
    box("stts", u32(0, 2, all.length - 1, BLOCK, 1, last)),
    box("stsc", u32(0, 1, 1, all.length, 1)),
    box("stsz", u32(0, 0, all.length, ...all.map((f) => f.length))),
    box("stco", u32(0, 1, at)));
  const moov = (at) => box("moov",
    box("mvhd", u32(0, 0, 0, RATE, samples, 0x10000), u16(0x0100, 0), u32(0, 0), matrix, u32(0, 0, 0, 0, 0, 0, 2)),
    box("trak",
      box("tkhd", u32(3, 0, 0, 1, 0, samples, 0, 0), u16(0, 0, 0x0100, 0), matrix, u32(0, 0)),
      box("mdia",
        box("mdhd", u32(0, 0, 0, RATE, samples), u16(0x55c4, 0)),
        box("hdlr", u32(0, 0), Buffer.from("soun"), u32(0, 0, 0), Buffer.from("sound\0")),
        box("minf", box("smhd", u32(0, 0)), box("dinf", box("dref", u32(0, 1), box("url ", u32(1)))), table(at)))));
  const ftyp = box("ftyp", Buffer.from("mp42"), u32(0), Buffer.from("mp42isom"));
  const at = ftyp.length + moov(0).length + 8;
  return Buffer.concat([ftyp, moov(at), box("mdat", ...all)]);
}

module.exports = { speech, wav, flac, mp4 };

// AAC made bit by bit, since there is no free encoder of HE-AAC.
'use strict';

// A raw_data_block() of silence in two channels. sbr: with a fill element that has spectral band replication, as small as it can be; an
// AAC-LC configuration says nothing of it. [ISO 14496-3 4.4.2.1, 4.4.2.8]
function frame(sbr) {
  const extension = 60; // bytes
  let bits = '';
  const put = (count, value) => { bits += value.toString(2).padStart(count, '0'); };
  put(3, 1); // ID_CPE
  put(4, 0);
  put(1, 1); // common_window
  put(11, 0); // one long window, no scale factor band
  put(2, 0); // ms_mask_present
  for (let channel = 0; channel < 2; channel++) {
    put(8, 100); // global_gain
    put(3, 0); // neither pulses, nor noise shaping, nor gain control
  }
  if (sbr) {
    put(3, 6); // ID_FIL
    put(4, 15);
    put(8, extension - 14); // esc_count
    put(4, 13); // EXT_SBR_DATA
    put(2, 3); // bs_header_flag, bs_amp_res
    put(4, 5); // bs_start_freq
    put(4, 3); // bs_stop_freq
    put(7, 0); // crossover band 0, no extra headers
    put(2, 0); // no extra data, no coupling
    for (let channel = 0; channel < 2; channel++) put(5, 1); // one envelope of high frequency resolution
    bits += '0'.repeat(8 * extension - 4 - 17 - 2 - 10);
  }
  put(3, 7); // ID_END
  return Buffer.from(bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

// RTMP messages of so many seconds of it: AAC-LC at 24 kHz, as its configuration has it. → [{type, time (ms), body}]
function messages(sbr, seconds) {
  const count = Math.ceil(seconds * 24000 / 1024);
  const config = { type: 8, time: 0, body: Buffer.from([0xaf, 0, 0x13, 0x10]) };
  return [config, ...Array.from({ length: count }, (_, i) => ({ type: 8, time: Math.round(i * 1024 / 24), body: Buffer.concat([Buffer.from([0xaf, 1]), frame(sbr)]) }))];
}

module.exports = { frame, messages };

#pragma once

#include <string_view>

/// Decoder configurations as encoders wrote them (FFmpeg 5.1 with its own encoders, x264, x265, SVT-AV1, libvpx,
/// libopus): the payload of the box in the file of `ffmpeg -f lavfi -i testsrc2=… -c:v … out.mp4`.
namespace media::samples {

// testsrc2=s=1920x1080:r=50, BT.709
inline constexpr std::string_view kAvcc1080p50 =
    "0164002affe1001e6764002aacd940780227e5c05a808080a0000003002000000c81e30632c001000468ef8fcbfdf8f800";
// testsrc2=s=720x576:r=25 -flags +ildct+ilme -aspect 16:9
inline constexpr std::string_view kAvcc576i =
    "0164001effe1001c6764001eacd940b424dff8020001688000000300800000190f8a14cb01000468fe8fcbfdf8f800";
// testsrc2=s=1280x720:r=60000/1001, yuv422p10
inline constexpr std::string_view kAvcc720p422 =
    "017a0020ffe10019677a0020b6cd9405005bb01100000303e90001d4c00f18319601000468ef8fcbfefafa00";
// testsrc2=s=1280x720:r=25
inline constexpr std::string_view kHvcc720p25 =
    "0101600000009000000000005df000fcfdf8f800000f03a00001001840010c01ffff01600000030090000003000003005d959409"
    "a10001002b42010101600000030090000003000003005da00280802d16595952930bc05a020000030002000003003210a20001000644"
    "01c073c189";
// testsrc2=s=1920x1080:r=60000/1001, yuv420p10, hdr10=1 master-display=… max-cll=1000,400
inline constexpr std::string_view kHvccHdr10 =
    "0102200000009000000000007bf000fcfdfafa00000f04a00001001840010c01ffff02200000030090000003000003007b959409"
    "a10001002e42010102200000030090000003000003007ba003c0801107cad965654a4c2f016a1220120800001f480007530040a20001"
    "00064401c073c18927000200094e01900403e8019080001e4e01891833c286c41d4c0bb884d03e803d13404200989680000003003280";
// testsrc2=s=640x360:r=25, yuv420p10
inline constexpr std::string_view kAv1c = "81014c000a0b0000000cc4ff6700be1010";
inline constexpr std::string_view kVpcc = "010000000015820202020000";
inline constexpr std::string_view kAacStereo48 = "119056e500";
inline constexpr std::string_view kAacMono44 = "120856e500";
inline constexpr std::string_view kAac51 = "11b056e500";
inline constexpr std::string_view kDac3Stereo44 = "501140";
inline constexpr std::string_view kDac351 = "103de0";
inline constexpr std::string_view kDec351 = "0e00200f00";
inline constexpr std::string_view kDopsStereo = "000201380000bb80000000";
inline constexpr std::string_view kDops51 = "000601380000bb800000010402000401020305";
inline constexpr std::string_view kDflaStereo48 =
    "0000000080000022120012000000fc0005110bb802f000003840e5f051c128e84992c0cba99724092b51";

}  // namespace media::samples

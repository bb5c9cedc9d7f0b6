# Makes a C++ source that holds the bytes of INPUT as tallinn::public_record(). Run as a script by the build.
file(READ "${INPUT}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "((0x[0-9a-f][0-9a-f],)(0x[0-9a-f][0-9a-f],)(0x[0-9a-f][0-9a-f],)(0x[0-9a-f][0-9a-f],))" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include \"tools/public_record.h\"
namespace tallinn {
namespace {
constexpr unsigned char kBytes[] = {
${bytes}};
}  // namespace
std::string_view public_record() { return {reinterpret_cast<const char*>(kBytes), sizeof kBytes}; }
}  // namespace tallinn
")

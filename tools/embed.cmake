# Makes a C++ source that holds the bytes of the files INPUT, one after the other, as tallinn::FUNCTION(), which
# HEADER declares. Run as a script by the build.
set(hex "")
foreach(file IN LISTS INPUT)
  file(READ "${file}" more HEX)
  string(APPEND hex "${more}")
endforeach()
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "((0x[0-9a-f][0-9a-f],)(0x[0-9a-f][0-9a-f],)(0x[0-9a-f][0-9a-f],)(0x[0-9a-f][0-9a-f],))" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include \"${HEADER}\"
namespace tallinn {
namespace {
constexpr unsigned char kBytes[] = {
${bytes}};
}  // namespace
std::string_view ${FUNCTION}() { return {reinterpret_cast<const char*>(kBytes), sizeof kBytes}; }
}  // namespace tallinn
")

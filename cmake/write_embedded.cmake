# Run by embed_files: writes one C++ file that holds the text of FILES.
set(entries "")
foreach(file IN LISTS FILES)
  get_filename_component(stem ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND entries "    {\"${stem}\", R\"embedded(${text})embedded\"},\n")
endforeach()
file(
  WRITE ${OUTPUT}
  "#include \"base/embedded.hpp\"\n\nnamespace rollcall::embedded {\nnamespace {\n"
  "constexpr file files[] = {\n${entries}};\n}\nconst std::span<const file> ${NAME}{files};\n}\n")

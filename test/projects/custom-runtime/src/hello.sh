greet() {
  local -a words=(got "$1")
  echo "called with $1" >&2
  printf '{"text":"%s","event":%s}' "${words[0]}" "${words[1]}"
}

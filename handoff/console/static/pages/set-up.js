// Puts the code of the link into the form, and takes it out of the address.
const code = location.hash.slice(1);
if (code) {
  document.getElementById("code").value = decodeURIComponent(code);
  history.replaceState(null, "", location.pathname);
}
document.getElementById("name").focus();

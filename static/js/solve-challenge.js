// Under attack the site asks for a second of work: find the number whose hash is the challenge (ALTCHA's form).
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

export default async (form) => {
  const { salt, challenge, signature, most, algorithm } = form.dataset;
  const encoder = new TextEncoder();
  for (let number = 0; number <= Number(most); number += 1) {
    if (hex(await crypto.subtle.digest(algorithm, encoder.encode(salt + number))) === challenge) {
      form.elements.altcha.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
      return;
    }
  }
};

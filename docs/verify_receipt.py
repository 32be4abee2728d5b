"""Is this receipt in the public journal? python3 verify_receipt.py PROOF.json [CHECKPOINTS.json]; exit code 0: it is.

PROOF.json comes with the receipt. CHECKPOINTS.json is the public list or one checkpoint, best a copy saved earlier.
"""

import hashlib
import json
import sys
from pathlib import Path

proof, *rest = (json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:3])
point, place, last = proof["checkpoint"], proof["sequence"] - 1, proof["checkpoint"]["size"] - 1
node = hashlib.sha256(b"\0" + proof["leaf"].encode()).digest()
fits = 0 <= place <= last
for other in map(bytes.fromhex, proof["path"]):  # RFC 9162, section 2.1.3.2
    fits = fits and last > 0
    left, right = (other, node) if place & 1 or place == last else (node, other)
    while place == last and place and not place & 1:
        place, last = place >> 1, last >> 1
    node = hashlib.sha256(b"\1" + left + right).digest()
    place, last = place >> 1, last >> 1
text = json.dumps({k: v for k, v in point.items() if k != "digest"}, sort_keys=True, separators=(",", ":"))
fits = fits and last == 0 and node.hex() == point["root"]
fits = fits and hashlib.sha256(b"\4" + text.encode()).hexdigest() == point["digest"]
for saved in rest:
    saved = saved.get("checkpoints", [saved]) if isinstance(saved, dict) else saved
    fits = fits and point["digest"] in [each["digest"] for each in saved if each["number"] == point["number"]]
print("In the journal" if fits else "NOT in the journal", "- checkpoint", point["number"], "-", proof["leaf"])
sys.exit(not fits)

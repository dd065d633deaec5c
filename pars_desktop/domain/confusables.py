"""Letters that look like others: Latin, Cyrillic, Greek and Armenian ones (UTS #39 §4).

Made by packaging/confusables.py from confusables.txt, Unicode 17.0.0:
Copyright (c) 1991-2025 Unicode, Inc., Unicode License v3, see LICENSES/Unicode-3.0.txt.
"""

# In turn: what is seen, and the letters that look like it.
TABLE = """
! ǃ & ꝸ ' ꞌ 'B Ɓ 'D Ɗ 'P Ƥ 'T Ƭ 'Y Ƴ 2 ꝚƧꙄ 2\u0335 ƻ 3 ꞫȜƷꝪЗӠ 3\u0326 Ҙ 5 Ƽ 6 б 8 ȣȢ 9 Ꝯ ?
ʔɁ A ΑА AA Ꜳ AE ÆӔ AO Ꜵ AU Ꜷ AV ꜸꜺ AY Ꜽ B ꞴΒВ C С C' Ƈ C\u0326 Ҫ D\u0335 ĐÐƉ E ΕЕ E\u0338
Ɇ F ꞘϜ F\u0326 Ƒ G Ԍ G' Ɠ G\u0335 Ǥ H ΗН H\u0326 ӉӇ H\u0329 ⱧҢ H\u0335 Ħ J ꞲͿЈ J\u0335 Ɉ K
ΚК K' Ƙ K\u0329 ⱩҚ K\u0335 ꝀҞ L\u0338 Ł M ΜϺМ M\u0326 Ӎ N Ν N\u0326 Ɲ O ΟОՕ OE Œ OO ꝎꚘ
O\u0335 ƟꝊθΘӨѲ O\u0338 Ø P ΡР R Ʀ S ЅՏ T ΤТ T3 Ꜩ T\u0328 Ʈ T\u0329 Ҭ T\u0335 Ŧ T\u0338 Ⱦ U
Ս U\u0335 Ʉ V Ѵ W Ԝ X ꞳΧХ X\u0329 Ҳ Y ΥУҮ Y\u0335 ɎҰ Z Ζ Z\u0326 Ȥ Z\u0335 Ƶ a ɑαа aa ꜳ ae
æӕ ao ꜵ au ꜷ av ꜹꜻ ay ꜽ b ƄЬ bl Ы b\u0304 ƃƂБ b\u0314 ɓ b\u0335 ƀҍҌѣѢ c ᴄс c\u0326 ҫ
c\u0338 ȼ d ԁ dz ʣ dȝ ʤ dʑ ʥ d\u0304 ƌ d\u0314 ɗ d\u0328 ɖ d\u0335 đ e ꬲеҽ e\u0328 ҿ
e\u0338 ɇ f ꬵꞙƒẝք fn\u0329 ʩ f\u0334 ᵮ g ɡᶃƍց g\u0314 ɠ g\u0335 ǥ h һհ h\u0314 ɦꚕ h\u0335
ħћ i ıɪɩιіꙇւ i\u0335 ɨᵻᵼ j ϳј j\u0335 ɉ k\u0314 ƙ l ƖǀΙІӏӀ lO Ю ll ǁ ls ʪ lz ʫ lȝ ɮ
l\u0328 ɭ l\u0334 ɫ l\u0335 Ɨƚ l\u0338 ł n ոռ n\u0328 ɳ n\u0329 ƞŋηղ n\u0334 ᵰ o ᴏᴑꬽοσоօ
oe œ oo ꝏꚙ o\u0335 ɵꝋөѳ o\u0338 øꬾ oᴇ ɶ p þƿρϸр p\u0314 ƥ p\u0335 ᵽ q ԛգզ q\u0314 ʠ r ꭇꭈᴦг
r' ґ rn\u0326 ɱ rn\u0334 ᵯ r\u0328 ɽ r\u0329 ɼ r\u0334 ᵲ r\u0335 ɍғ s ꜱƽѕ s\u0328 ʂ
s\u0334 ᵴ tf ꝷ ts ʦ tȝ ꜩ tɕ ʨ tʃ ʧ t\u0314 ƭ t\u0334 ᵵ t\u0335 ŧ u ꞟᴜꭎꭒʋυս ue ᵫ uo ꭣ
u\u0329 џ u\u0335 ᵾ v ᴠνѵ w ɯᴡѡшԝա w\u0326 ꝡ w\u0486\u0487 ѽ x х y ɣᶌʏỿꭚγуү y\u0314 ƴ
y\u0335 ɏұ z ᴢ z\u0326 ȥ z\u0328 ʐ z\u0334 ᵶ z\u0335 ƶ · ꞏ Þ Ϸ ß ꞵẞꟖβ ĸ ᴋκк ĸ\u0329 қ
ĸ\u0335 ҟ ƅ ь ƅi ы Ɔ Ͻ Ə Ә Ɛ Ԑ ƨ ᴤꙅ Ʃ Σ ǝ əә ǝo ᴔ ǝo\u0335 ꭂ ǝo\u0338 ꭁ ǝ˞ ɚ Ƕ Ԋ ȝ ʒꝫӡ ȷ յ
Ʌ ΛЛ Ʌ\u0326 Ӆ ɋ ᶐ ɔ ↄᴐͻ ɔe ꭢ ɔ\u0338 ꬿ ɜ ᴈз ɜ\u0326 ҙ ɢ ԍ ɰ պ ɸ φф ɾ\u0334 ᵳ ʃ ꭍ ʊ\u0335
ᵿ ʌ ᴧ ʍ ᴍм ʍ\u0326 ӎ ʘ Ꙩ ʙ в ʚ ꞝ ʜ н ʜ\u0326 ӊӈ ʜ\u0329 ң ˉb ъ ˉbi ꙑ Γ Г Γ' Ґ Γ\u0335 Ғ Π
П Φ ФՓ Ψ Ѱ λ\u0338 ƛ π ᴨп ς ϛ χ ꭓꭕ ψ ѱ ω ꞷꙍ Ѝ\u0326 Ҋ Ж\u0329 Җ И Ͷ Ъl Ꙑ ж\u0329 җ й\u0326
ҋ л ᴫ л\u0326 ӆ љ ꭠ Ѡ\u0486\u0487 Ѽ Ҷ Ӌ ҷ ӌ Ҽ\u0328 Ҿ ሆ Մ ቡ Ռ ኮ Ի ጣ Պ ᴎ ͷи ᴘ ᴩ ᴙ я ᴛ τт
ᴛ\u0329 ҭ ẟ δծ ∂\u0335 ð Ⱶ Ͱ ー ꟷ ꓕ Ʇ ꓤ Ꞟ Ꙍ Ꞷ ꜧ ꞕ Ꜿ Ͽ ꜿ ͽ Ꝺ ꝺ Ꞓ Є ꞓ ɛεєԑ ꟎ ʕ 𐊨 Ꚛ 𐐒 Ꞛ 𐐺 ꞛ
"""

namespace EvsNative.Models;

/// <summary>
/// Letters and their marks put together, as Unicode's NFC does: some systems type and store them apart, and CLIP's vocabulary knows them
/// joined. Written out because string.Normalize leaves non-ASCII text alone where the culture is invariant. Lower-case Latin, Greek,
/// Cyrillic, Arabic and kana, marks next to their letter, and Hangul by rule.
/// </summary>
internal static class ClipTokenizerComposition
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7, Leads = 19, Vowels = 21, Tails = 28;

    /// <summary>By mark: pairs of a letter and the letter with the mark (from the decompositions in UnicodeData.txt).</summary>
    private static readonly Dictionary<char, string> Pairs = new()
    {
        ['\u0300'] = "aàeèiìoòuùüǜnǹеѐиѝēḕōṑwẁâầăằêềôồơờưừyỳἀἂἁἃἐἒἑἓἠἢἡἣἰἲἱἳὀὂὁὃὐὒὑὓὠὢὡὣαὰεὲηὴιὶοὸυὺωὼ᾿῍ϊῒ῾῝ϋῢ¨῭",
        ['\u0301'] = "aáeéiíoóuúyýcćlĺnńrŕsśzźüǘgǵåǻæǽøǿ¨΅ϊΐαάεέηήιίϋΰοόυύωώϒϓгѓкќçḉēḗïḯkḱmḿõṍōṓpṕũṹwẃâấăắêếôốơớưứἀἄἁἅἐἔἑἕ" +
            "ἠἤἡἥἰἴἱἵὀὄὁὅὐὔὑὕὠὤὡὥ᾿῎῾῞",
        ['\u0302'] = "aâeêiîoôuûcĉgĝhĥjĵsŝwŵyŷzẑạậẹệọộ",
        ['\u0303'] = "aãnñoõiĩuũvṽâẫăẵeẽêễôỗơỡưữyỹ",
        ['\u0308'] = "aäeëiïoöuüyÿιϊυϋϒϔеёіїаӓәӛжӝзӟиӥоӧөӫэӭуӱчӵыӹhḧõṏūṻwẅxẍtẗ",
        ['\u030A'] = "aåuůwẘyẙ",
        ['\u0327'] = "cçgģkķlļnņrŗsştţeȩdḑhḩ",
        ['\u0304'] = "aāeēiīoōuūüǖäǟȧǡæǣǫǭöȫõȭȯȱyȳиӣуӯgḡḷḹṛṝαᾱιῑυῡ",
        ['\u0306'] = "aăeĕgğiĭoŏuŭийуўжӂаӑеӗȩḝạặαᾰιῐυῠ",
        ['\u0328'] = "aąeęiįuųoǫ",
        ['\u0307'] = "cċeėgġzżaȧoȯbḃdḋfḟhḣmṁnṅpṗrṙsṡśṥšṧṣṩtṫwẇxẋyẏſẛ",
        ['\u030C'] = "cčdďeělľnňrřsštťzžaǎiǐoǒuǔüǚgǧkǩʒǯjǰhȟ",
        ['\u030B'] = "oőuűуӳ",
        ['\u031B'] = "oơuư",
        ['\u030F'] = "aȁeȅiȉoȍrȑuȕѵѷ",
        ['\u0311'] = "aȃeȇiȋoȏrȓuȗ",
        ['\u0326'] = "sștț",
        ['\u0653'] = "اآ",
        ['\u0654'] = "اأوؤيئەۀہۂےۓ",
        ['\u0655'] = "اإ",
        ['\u0325'] = "aḁ",
        ['\u0323'] = "bḅdḍhḥkḳlḷmṃnṇrṛsṣtṭvṿwẉzẓaạeẹiịoọơợuụưựyỵ",
        ['\u0331'] = "bḇdḏkḵlḻnṉrṟtṯzẕhẖ",
        ['\u032D'] = "dḓeḙlḽnṋtṱuṷ",
        ['\u0330'] = "eḛiḭuṵ",
        ['\u032E'] = "hḫ",
        ['\u0324'] = "uṳ",
        ['\u0309'] = "aảâẩăẳeẻêểiỉoỏôổơởuủưửyỷ",
        ['\u0313'] = "αἀεἐηἠιἰοὀυὐωὠρῤ",
        ['\u0314'] = "αἁεἑηἡιἱοὁυὑωὡρῥ",
        ['\u0342'] = "ἀἆἁἇἠἦἡἧἰἶἱἷὐὖὑὗὠὦὡὧαᾶ¨῁ηῆ᾿῏ιῖϊῗ῾῟υῦϋῧωῶ",
        ['\u0345'] = "ἀᾀἁᾁἂᾂἃᾃἄᾄἅᾅἆᾆἇᾇἠᾐἡᾑἢᾒἣᾓἤᾔἥᾕἦᾖἧᾗὠᾠὡᾡὢᾢὣᾣὤᾤὥᾥὦᾦὧᾧὰᾲαᾳάᾴᾶᾷὴῂηῃήῄῆῇὼῲωῳώῴῶῷ",
        ['\u3099'] = "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔゝゞカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴワヷヰヸヱヹヲヺヽヾ",
        ['\u309A'] = "はぱひぴふぷへぺほぽハパヒピフプヘペホポ",
    };

    /// <summary>The text with every letter joined to the marks that follow it.</summary>
    public static string Compose(string text)
    {
        var joined = new List<char>(text.Length);
        foreach (char c in text)
        {
            if (joined.Count > 0 && Join(joined[^1], c) is { } both) joined[^1] = both;
            else joined.Add(c);
        }

        return new string([.. joined]);
    }

    private static char? Join(char letter, char mark)
    {
        if (Pairs.TryGetValue(mark, out string? pairs))
        {
            for (int i = 0; i < pairs.Length; i += 2)
            {
                if (pairs[i] == letter) return pairs[i + 1];
            }
        }

        int lead = letter - LeadBase, vowel = mark - VowelBase, syllable = letter - HangulBase, tail = mark - TailBase;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels) return (char)(HangulBase + (((lead * Vowels) + vowel) * Tails));
        if (syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0 && tail is > 0 and < Tails) return (char)(letter + tail);
        return null;
    }
}

"""Names, places, goods and sentences from which the demo's people and texts are made. All invented."""

FIRST_NAMES = (
    "Ada", "Ahmed", "Aino", "Amara", "Anselm", "Ayşe", "Beate", "Bela", "Carlos", "Charlotte", "Chidi", "Clara",
    "Damir", "Doris", "Edgar", "Elif", "Emeka", "Emil", "Esther", "Farid", "Fatima", "Felix", "Frieda", "Georg",
    "Greta", "Hana", "Hannes", "Ibrahim", "Ida", "Ines", "Jakob", "Jana", "Johann", "Jule", "Kaito", "Karim",
    "Karla", "Konrad", "Lale", "Lena", "Levin", "Lin", "Linus", "Luise", "Magda", "Malik", "Mara", "Marta", "Mateo",
    "Mei", "Merle", "Milan", "Mina", "Nadja", "Nele", "Nils", "Noa", "Olga", "Oskar", "Paula", "Pavel", "Ronja",
    "Rosa", "Samir", "Selma", "Sina", "Sofia", "Stefan", "Tamar", "Theo", "Tilda", "Tomasz", "Uwe", "Vera", "Wanja",
    "Yara", "Yusuf", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Abel", "Adeyemi", "Albrecht", "Arslan", "Bauer", "Becker", "Bianchi", "Brückner", "Chen", "Demir", "Dietrich",
    "Ebert", "Eze", "Fischer", "Fuchs", "Ganz", "Haas", "Hartwig", "Haddad", "Heine", "Hoffmann", "Horn", "Ito",
    "Jansen", "Kaiser", "Kamara", "Kern", "Klee", "Kowalski", "Kranz", "Krüger", "Lange", "Lehmann", "Lindner",
    "Lorenz", "Meier", "Mendes", "Moser", "Müller", "Nagel", "Nguyen", "Novák", "Ohlsen", "Ott", "Park", "Petersen",
    "Pohl", "Quast", "Rahimi", "Reuter", "Richter", "Roth", "Sauer", "Schade", "Schreiber", "Seidel", "Simon",
    "Sommer", "Stein", "Tanaka", "Thiel", "Ulrich", "Vogel", "Wagner", "Weber", "Wendt", "Winkler", "Yildiz",
    "Zeller",
)  # fmt: skip
STREETS = (
    "Zschochersche Straße", "Lützner Straße", "Könneritzstraße", "Eisenbahnstraße", "Merseburger Straße",
    "Georg-Schwarz-Straße", "Arno-Nitzsche-Straße", "Gorkistraße", "Wurzner Straße", "Naumburger Straße",
)  # fmt: skip
CITIES = (
    ("04229", "Leipzig", "DE"), ("04177", "Leipzig", "DE"), ("04315", "Leipzig", "DE"), ("01099", "Dresden", "DE"),
    ("06108", "Halle (Saale)", "DE"), ("99084", "Erfurt", "DE"), ("10405", "Berlin", "DE"), ("20357", "Hamburg", "DE"),
    ("1070", "Wien", "AT"), ("8020", "Graz", "AT"),
)  # fmt: skip
DEVICES = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.1 Safari/605.1.15",
    "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/149.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) Version/26.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/149.0.0.0 Safari/537.36",
)
PRODUCTS = (
    ("Enamel mug, 350 ml", "14.90"), ("Repair kit for air mats", "9.80"), ("Trail gaiters, short", "34.50"),
    ("Tarp 3 × 3 m, slate", "119.00"), ("Wool socks, two pairs", "24.00"), ("Camp spoon, titanium", "12.00"),
    ("Dry bag, 20 l", "27.50"), ("Map: Saxon Switzerland 1:25,000", "11.90"), ("Headlamp, 400 lm", "59.90"),
    ("Rain jacket, petrol, M", "189.00"), ("Merino base layer, moss, M", "79.00"), ("茶杯 “Kyoto”, stoneware", "22.00"),
    ("Sencha, first flush, 100 g", "16.40"), ("Lapsang souchong, 100 g", "12.80"), ("Rooibos with orange, 200 g",
    "9.60"), ("Peppermint from Thuringia, 80 g", "6.90"), ("Gaiwan, celadon, 120 ml", "38.00"),
    ("Tea filter, linen", "8.50"),
    ("Kettle for the fire, 1.2 l", "46.00"), ("Folding stool, ash", "64.00"), ("Hammock, two persons", "72.00"),
    ("Sleeping bag liner, silk", "58.00"), ("Down quilt, 3 °C", "279.00"), ("Air mat, regular", "129.00"),
    ("Backpack, 45 l, kestrel", "169.00"), ("Compass with mirror", "41.00"), ("Water filter, 1 l", "44.90"),
    ("شاي بالنعناع, Moroccan mint, 100 g", "11.20"), ("Thermos, 0.75 l, moss", "36.00"), ("Bicycle bag, waxed",
    "94.00"), )  # fmt: skip
TAGS = ("tea", "tent", "repair", "maps", "winter", "bicycle", "lagos", "saxon-switzerland", "wild-camping", "swap")

REVIEWS = (
    "Does what it should, even after a week of rain.",
    "A little heavier than the page says, but well made.",
    "Second one that I buy. The first went to a friend who would not give it back 🙂",
    "The colour is greener than in the picture. I like it.",
    "Broke on the third trip. The exchange was quick and friendly.",
    "Tastes of smoke and pine, as it should.",
    "很好用，朋友们都想要一个。",
    "جودة ممتازة وتغليف جميل، شكراً لكم.",
    "Good value. The bag that it comes in could be larger.",
)
QUESTIONS = (
    ("Where is my parcel?", "Order {order} was to arrive on Tuesday, and the carrier shows nothing since Saturday."),
    ("Seam of the tarp is torn", "The corner loop tore out in a light wind. I attach a picture of it."),
    (
        "Invoice with our VAT number",
        "Can you send the invoice for order {order} again, with the VAT number of my firm?",
    ),
    ("Exchange for a larger size", "The gaiters of order {order} are too tight. Do you have them in L?"),
    ("Kettle whistles no more", "Since last week it boils in silence. Is there a spare part?"),
    ("My telephone number has changed", "Please use the new number from my profile for the carrier."),
    (
        "Tea arrived open",
        "One of the two bags was open, and the parcel smells wonderful, but I would like to drink it 🍵",
    ),
    ("Which mat for minus five?", "I sleep cold. Is the regular air mat enough together with the down quilt?"),
    ("Neighbour took the parcel in", "The carrier left it with somebody, but there was no name on the card."),
)
STAFF_ANSWERS = (
    "Thank you for writing. I have asked Talweg, and they look for the parcel until tomorrow.",
    "That should not happen. A new one is on its way, and you can keep the old one for repairs.",
    "The invoice is attached to this message. The VAT number is on it now.",
    "We have one left in that size and put it aside for you.",
    "Of course. I have written it down, and the carrier knows.",
    "I asked the workshop: the spare part costs nothing, and we send it tomorrow.",
)
NEIGHBOUR = "If nobody is at home, Mrs Lindqvist next door takes parcels for us; her number is 0341 555 0142."
CUSTOMER_ANSWERS = (
    "Thank you, that was quick!",
    "It has arrived, everything is fine now.",
    "Until Thursday would be good, because I leave on Friday morning.",
    "شكراً جزيلاً لمساعدتكم.",
    "One more thing: can you leave it in the bicycle shed?",
    "谢谢！问题解决了。",
)
TITLES = (
    "Three days along the Elbe with one pot", "Which tea for a cold morning?", "Mending a gaiter with dental floss",
    "A quiet place to hang a hammock near Leipzig", "مسار قصير على ضفة البحيرة", "What I carry for one night",
    "在撒克逊瑞士泡茶", "Night train to Bad Schandau: notes", "Map or telephone?", "How do you dry a down quilt?",
    "From Lagos to Leipzig: rain is not rain", "Swap: a 20 l bag against a smaller one", "A kettle on a wood fire 🔥",
    "First frost, first mistakes", "Light rain jackets after two years", "Tea that survives a thermos",
    "Seven sounds of the Auwald at night", "Which stool does not sink into sand?", "شاي النعناع كما تصنعه جدتي",
    "Bicycle, tarp, thermos: a list", "What I learned from a broken zip", "一把茶壶走天下",
    "The bakery in Grimma opens at five", "Looking for company: Harz in November",
)  # fmt: skip
SENTENCES = (
    "We started at six, when the fog was still on the meadows.",
    "The path is narrow there, and after rain it is a brook.",
    "I boil the water, wait two minutes and only then pour it on.",
    "My mother would never have let tea stand for so long.",
    "في الصباح كان الهواء بارداً والشاي ساخناً.",
    "In Lagos the rain comes at once and is over at once; here it has patience.",
    "雨停了以后，山谷里很安静。",
    "Nobody else was there but a heron 🪶",
    "The seam has held since May, so I call it a success.",
    "Bring a second pair of socks. You will need it.",
    "أحب هذا المكان كثيراً 🌿",
    "I took the wrong turn at the mill and was glad of it.",
    "Next time I leave the stool at home.",
    "第一泡最香，第三泡最甜。",
    "The mat lost air at four, and so did I.",
    "A thin layer of wax, warmed with the hand, is all that it takes.",
    "I asked the forester, and he only smiled.",
    "كان القمر مكتملاً ولم نحتج إلى مصباح.",
    "The map says ford; the river says otherwise.",
    "Two spoons for the pot, one for the road.",
    "朋友带来了桂花乌龙。",
    "On the way back we shared the last bread with a dog 🐕",
    "Since I weigh everything, my shoulders are grateful.",
    "The lock keeper sells apples, a euro a bag.",
    "If you go, go on a weekday.",
    "The last train goes at 21:14, and it does go.",
)
REPLIES = (
    "Thank you for the tip!",
    "Same here, and mine is four years old.",
    "Where exactly was that? I would like to go in spring.",
    "I would use less tea and more time.",
    "أتفق معك تماماً.",
    "Have you tried it with cold water over night?",
    "That looks good 👏",
    "我也有同样的杯子。",
    "Beeswax helps, a thin layer only.",
    "The repair kit has a patch for that.",
    "Never without gaiters again.",
    "Which map did you use?",
    "شكراً على الصور الجميلة 🌄",
    "I was there last week: the bridge is closed until June.",
    "Mine whistles in B flat.",
    "You can still get it in slate.",
    "I take the early train for that reason.",
    "لم أكن أعرف ذلك، شكراً!",
    "Put a stone into it, then it stays.",
    "We met there in autumn, I think 🍂",
    "Silk, and nothing else, below zero.",
    "好主意，周末试试。",
    "That is what the second loop is for.",
    "Half the water, twice the time.",
    "The ranger said the same.",
    "Count me in for the Harz.",
    "I would not lend it to anybody either 😄",
    "A cork does the job, too.",
    "Less is enough, as always.",
    "Did it rain through the night?",
)

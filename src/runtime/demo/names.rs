//! Names of the demo's people, in their own spelling and in the letters that a username may have.

/// A name, and the same in ASCII.
type Name = (&'static str, &'static str);

/// First and last names that go together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct People {
    pub(super) first: &'static [Name],
    pub(super) last: &'static [Name],
}

/// The pool of names; peoples listed twice are twice as frequent.
pub(super) const PEOPLES: [People; 14] = [
    ENGLISH, ENGLISH, GERMAN, GERMAN, FRENCH, SPANISH, POLISH, RUSSIAN, GREEK, CHINESE, JAPANESE, KOREAN,
    ARABIC, HEBREW,
];

const ENGLISH: People = People {
    first: &[
        ("Grace", "grace"),
        ("Alan", "alan"),
        ("Barbara", "barbara"),
        ("Donald", "donald"),
        ("Frances", "frances"),
        ("John", "john"),
        ("Margaret", "margaret"),
        ("Ken", "ken"),
        ("Mary", "mary"),
        ("Tony", "tony"),
    ],
    last: &[
        ("Hopper", "hopper"),
        ("O'Brien", "obrien"),
        ("Liskov", "liskov"),
        ("Knuth", "knuth"),
        ("Allen", "allen"),
        ("Backus", "backus"),
        ("Hamilton", "hamilton"),
        ("Smith-Jones", "smith-jones"),
        ("Shaw", "shaw"),
        ("Hoare", "hoare"),
    ],
};

const GERMAN: People = People {
    first: &[
        ("Jürgen", "juergen"),
        ("Käthe", "kaethe"),
        ("Konrad", "konrad"),
        ("Annegret", "annegret"),
        ("Björn", "bjoern"),
        ("Sören", "soeren"),
        ("Lieselotte", "lieselotte"),
        ("Uwe", "uwe"),
    ],
    last: &[
        ("Müller", "mueller"),
        ("Zuse", "zuse"),
        ("Weiß", "weiss"),
        ("von der Höhe", "vonderhoehe"),
        ("Schröder", "schroeder"),
        ("Kühn", "kuehn"),
        ("Bauer", "bauer"),
        ("Großmann", "grossmann"),
    ],
};

const FRENCH: People = People {
    first: &[
        ("Zoë", "zoe"),
        ("François", "francois"),
        ("Hélène", "helene"),
        ("Blaise", "blaise"),
        ("Anaïs", "anais"),
        ("Rémy", "remy"),
    ],
    last: &[
        ("Dubois", "dubois"),
        ("Lefèvre", "lefevre"),
        ("d'Alembert", "dalembert"),
        ("Côté", "cote"),
        ("Renée-Noël", "renee-noel"),
    ],
};

const SPANISH: People = People {
    first: &[
        ("José", "jose"),
        ("Íñigo", "inigo"),
        ("María José", "mariajose"),
        ("Begoña", "begona"),
        ("Andrés", "andres"),
        ("Lucía", "lucia"),
    ],
    last: &[
        ("García", "garcia"),
        ("Muñoz", "munoz"),
        ("Peña y Lillo", "penaylillo"),
        ("Silva", "silva"),
        ("Ibáñez", "ibanez"),
    ],
};

const POLISH: People = People {
    first: &[
        ("Łukasz", "lukasz"),
        ("Małgorzata", "malgorzata"),
        ("Zdzisław", "zdzislaw"),
        ("Agnieszka", "agnieszka"),
        ("Jędrzej", "jedrzej"),
    ],
    last: &[
        ("Rejewski", "rejewski"),
        ("Wiśniewska", "wisniewska"),
        ("Żółkiewski", "zolkiewski"),
        ("Świątek", "swiatek"),
        ("Łoś", "los"),
    ],
};

const RUSSIAN: People = People {
    first: &[
        ("Софья", "sofya"),
        ("Андрей", "andrey"),
        ("Ольга", "olga"),
        ("Фёдор", "fyodor"),
        ("Юлия", "yulia"),
    ],
    last: &[
        ("Ковалевская", "kovalevskaya"),
        ("Ершов", "yershov"),
        ("Щербакова", "shcherbakova"),
        ("Лебедев", "lebedev"),
    ],
};

const GREEK: People = People {
    first: &[("Ελένη", "eleni"), ("Γιώργος", "giorgos"), ("Σοφία", "sofia"), ("Χρήστος", "christos")],
    last: &[("Παπαδόπουλος", "papadopoulos"), ("Νικολάου", "nikolaou"), ("Θεοδωρίδης", "theodoridis")],
};

const CHINESE: People = People {
    first: &[
        ("小龍", "xiaolong"),
        ("秀英", "xiuying"),
        ("伟", "wei"),
        ("梓涵", "zihan"),
        ("建国", "jianguo"),
    ],
    last: &[("李", "li"), ("王", "wang"), ("欧阳", "ouyang"), ("陳", "chen"), ("赵", "zhao")],
};

const JAPANESE: People = People {
    first: &[("さくら", "sakura"), ("太郎", "taro"), ("ハナコ", "hanako"), ("健", "ken")],
    last: &[("佐藤", "sato"), ("鈴木", "suzuki"), ("小林", "kobayashi"), ("長谷川", "hasegawa")],
};

const KOREAN: People = People {
    first: &[("민준", "minjun"), ("서연", "seoyeon"), ("지우", "jiwoo"), ("하은", "haeun")],
    last: &[("김", "kim"), ("이", "lee"), ("박", "park"), ("남궁", "namgung")],
};

const ARABIC: People = People {
    first: &[("فاطمة", "fatima"), ("محمد", "mohammed"), ("ليلى", "layla"), ("يوسف", "yusuf")],
    last: &[("الخوارزمي", "alkhwarizmi"), ("حداد", "haddad"), ("المصري", "almasri")],
};

const HEBREW: People = People {
    first: &[("נועה", "noa"), ("דוד", "david"), ("תמר", "tamar")],
    last: &[("כהן", "cohen"), ("לוי", "levi"), ("בן־ארי", "benari")],
};

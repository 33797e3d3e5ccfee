//! Names of people, places and directories, in many scripts and with many accents; parted by commas.

/// Those in such a text.
pub(super) fn all(text: &'static str) -> Vec<&'static str> {
    text.split(", ").collect()
}

/// First names in Latin letters.
pub(super) const FIRST: &str = "\
    John, Mary, James, Linda, Robert, Susan, Michael, Karen, David, Nancy, William, Lisa, Daniel, Sarah, \
    Thomas, Laura, Carlos, Ana, Luis, Carmen, Jorge, Lucía, José, María, Andrés, Sofía, Miguel, Inés, \
    Raúl, Begoña, Ángel, Óscar, Núria, Iñaki, João, Conceição, Antônio, Beatriz, Thiago, Letícia, \
    François, Chloé, Rémi, Zoé, Gaël, Hélène, Étienne, Noémie, Jürgen, Käthe, Björn, Anneliese, Günther, \
    Jörg, Heike, Sören, Åsa, Øyvind, Ingrid, Lars, Märta, Håkon, Sigrún, Þórður, Guðrún, Jón, Łukasz, \
    Małgorzata, Paweł, Agnieszka, Krzysztof, Żaneta, Jiří, Božena, Tomáš, Šárka, Ľubomír, Gábor, Zsófia, \
    László, Erzsébet, Ștefan, Ioana, Mihai, Ană, Dragoş, Ayşe, Mehmet, Çağla, Emre, Gül, İbrahim, Ömer, \
    Vincent, Marisol, Jomar, Rizal, Luzviminda, Crisanto, Ligaya, Dalisay, Jejomar, Maricel, Rodrigo, \
    Imelda, Arvin, Priya, Arjun, Lakshmi, Ravi, Meera, Sanjay, Ananya, Vikram, Wei, Mei, Jun, Hao, Xiu, \
    Yuki, Haruto, Sakura, Kenji, Minh, Trần, Hương, Đức, Thảo, Amina, Kwame, Ngozi, Chidi, Zainab, \
    Tunde, Fatou, Amadou, Nia, Jabari, Aroha, Tāne, Māia, Leilani, Keanu, Siobhán, Niamh, Seán, Ciarán, \
    Róisín, Llewelyn, Gwen, Rhys, Ewa, Tadas, Žydrūnė, Jānis, Elīna, Mārtiņš, Kristjan, Õnne, Pekka, \
    Päivi, Jukka, Aino, Väinö, Olivia, Noah, Emma, Liam, Ava, Ethan, Mia, Lucas, Zara, Felix, Nora, \
    Hugo, Elsa, Oskar, Ruth, Walter, Iris, Victor, Clara, Edgar, Alma, Otto, Ida, Bruno, Vera, Leo, \
    Stella, Max, Ella, Adam, Eva";

/// First names in other scripts, each with how it is spelled in usernames.
pub(super) const FIRST_NATIVE: &str = "\
    伟 Wei, 芳 Fang, 娜 Na, 翔太 Shota, 美咲 Misaki, 민준 Minjun, 서연 Seoyeon, Дмитрий Dmitriy, Ольга Olga, \
    Анастасия Anastasiya, Γιώργος Giorgos, Ελένη Eleni, محمد Mohammed, فاطمة Fatima, דוד David, \
    สมชาย Somchai, अर्जुन Arjun, लक्ष्मी Lakshmi";

/// Last names in Latin letters.
pub(super) const LAST: &str = "\
    Doe, Smith, Johnson, Brown, Garcia, García, Martínez, Rodríguez, López, Hernández, González, Pérez, \
    Sánchez, Ramírez, Núñez, Muñoz, Ibáñez, Peña, Castañeda, Zúñiga, Silva, Santos, Oliveira, Gonçalves, \
    Araújo, Magalhães, Simões, Dubois, Lefèvre, Géroux, Bélanger, Côté, Beaulieu, Desrosiers, Müller, \
    Schröder, Schäfer, Köhler, Weiß, Groß, Böhm, Krüger, Jäger, Hübner, Lindström, Åkerström, Sjögren, \
    Bäckström, Östlund, Nyström, Ødegård, Sørensen, Møller, Kjær, Jørgensen, Þorsteinsson, \
    Guðmundsdóttir, Kowalski, Wójcik, Wiśniewski, Dąbrowska, Łuczak, Żak, Dvořák, Novotný, Říha, Šimek, \
    Čermák, Kučera, Nagy, Szűcs, Kovács, Tóth, Őszi, Popescu, Ionescu, Țepeș, Yılmaz, Öztürk, Çelik, \
    Şahin, Güneş, Reyes, Cruz, Bautista, Ocampo, Mercado, Aquino, Villanueva, Dimaculangan, Macaraeg, \
    Panganiban, Magsaysay, Salonga, Patel, Sharma, Gupta, Iyer, Nair, Banerjee, Chatterjee, Wang, Chen, \
    Zhang, Liu, Huang, Zhao, Tanaka, Suzuki, Watanabe, Yamamoto, Nguyễn, Phạm, Lê, Đặng, Okafor, \
    Adeyemi, Mensah, Diallo, Traoré, Kamau, Mwangi, Ndlovu, Kahananui, Parata, O'Brien, O'Connor, \
    MacDonald, Ó'Súilleabháin, Ní-Dhomhnaill, Jones, Evans, Williams, Llwyd, Kazlauskas, Bērziņš, \
    Kalniņš, Tamm, Mägi, Korhonen, Hämäläinen, Mäkelä, Väisänen, Taylor, Anderson, White, Harris, Clark, \
    Lewis, Walker, Hall, Young, King, Wright, Hill, Scott, Green, Adams, Baker, Nelson, Carter, \
    Mitchell, Roberts, Turner, Phillips, Campbell, Parker, Edwards, Collins, Stewart, Morris, Murphy, \
    Cook, Rogers, Morgan, Cooper, Peterson, Bailey, Reed, Kelly, Howard, Ward, Cox, Richardson, Wood, \
    Watson, Brooks, Bennett, Gray, Hughes, Price, Myers, Long, Foster, Sanders, Ross, Powell, Sullivan, \
    Russell, Ortiz, Jenkins, Perry, Butler, Barnes, Fisher, Henderson, Coleman, Simmons, Patterson, \
    Jordan, Reynolds, Hamilton, Graham, Wallace, West, Cole, Hayes, Bryant, Gibson, Ellis, Stevens, \
    Murray, Ford, Marshall, Owens, Harrison, Woods, Kennedy, Wells, Vargas, Henry, Freeman, Webb, \
    Tucker, Burns, Crawford, Olson, Simpson, Porter, Hunter, Gordon, Shaw, Snyder, Mason, Dixon, Hunt, \
    Hicks, Holmes, Palmer, Wagner, Black, Boyd, Rose, Stone, Fox, Rice, Warren, Mills, Nichols, Grant, \
    Knight, Ferguson, Dunn, Hawkins, Perkins, Hudson, Spencer, Gardner, Payne, Pierce, Berry, Arnold, \
    Ray, Watkins, Carroll, Duncan, Snow, Hart, Cunningham, Bradley, Lane, Andrews, Ruiz, Harper, Riley, \
    Armstrong, Carpenter, Weaver, Greene, Lawrence, Elliott, Chavez, Sims, Austin, Peters, Kelley, \
    Franklin, Lawson, Fields, Gutierrez, Ryan, Schmidt, Carr, Vasquez, Castillo, Wheeler, Chapman, \
    Montgomery, Richards, de Torres, van der Berg, von Ahn, da Silva, dela Cruz, Al Farouk";

/// Last names in other scripts, each with how it is spelled in usernames.
pub(super) const LAST_NATIVE: &str = "\
    王 Wang, 李 Li, 陳 Chen, 佐藤 Sato, 鈴木 Suzuki, 김 Kim, 박 Park, Иванов Ivanov, Смирнова Smirnova, \
    Παπαδόπουλος Papadopoulos, العربي Alarabi, כהן Cohen, ใจดี Jaidee, शर्मा Sharma";

/// Streets.
pub(super) const STREETS: &str = "\
    Maple, Oak, Cedar, Elm, Rizal, Mabini, Bonifacio, Königsallee, Straße, Rue de la Paix, Calle Mayor, \
    Avenida São João, Storgatan, Hauptstraße, Nørregade, Piața Unirii, Harbor, Mill, Church, Station, \
    Park, Lake, Hill, Bridge, Queen, King, High";

/// Cities.
pub(super) const CITIES: &str = "\
    Manila, Quezon City, Cebu, Davao, München, Köln, Paris, Lyon, Málaga, São Paulo, Lisboa, Malmö, \
    København, Reykjavík, Łódź, Kraków, Plzeň, Győr, București, İstanbul, İzmir, Boston, Austin, Denver, \
    Toronto, Montréal, Nairobi, Lagos, Accra, Mumbai, Chennai, 東京, 大阪, 北京, 서울, Hà Nội, Αθήνα, Москва";

/// The domains of email addresses.
pub(super) const DOMAINS: &str = "\
    example.com, example.org, example.net, mail.example.com, corp.example.com, students.example.edu, \
    post.example.de, correo.example.es";

/// Directories right below a home.
pub(super) const TOP: &str = "\
    Photos, Documents, Music, Videos, Projects, Backups, Downloads, Invoices, Reports, Contracts, \
    Music-Études, Fotos, Übungen, Документы, 写真, Receipts, Archive, Shared, Work, School";

/// Directories further down.
pub(super) const SUB: &str = "\
    2019, 2020, 2021, 2022, 2023, 2024, 2025, January, March, June, September, December, Trip, Family, \
    Wedding, Birthday, Drafts, Final, Scans, Raw, Edited, Clients, Taxes, Research, Notes, Präsentation, \
    Année, Viaje, 旅行, Old, Misc, Team, Private, Exports, Logs, src, docs, assets, tests";

/**
 * The first passwords that guessing tries, of eight characters or more, in lower case: at five guesses before a lock, the
 * head of the list is what matters. Runs and repetitions are recognised by rule and need no entry.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword pa55word passwords passwort
  123456789a 123456789q 12345678a 12345678q 1234567890a a12345678 a123456789 a1234567 a1234567890 aa123456 aa12345678
  aa123456789 abc12345 abc123456 abc123456789 abcd1234 abcd123456 qq123456 qq123456789 qq12345678 q123456789 q12345678
  z123456789 z12345678 w123456789 asd123456 asd12345 asdf1234 asdfghjk qwe123456 qwe12345 qwer1234 qwerty12 qwerty123
  qwerty1234 qwertyui qwertyuiop zxc123456 zxcvbnm1 zxcvbnm123 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5
  1qaz2wsx 1qaz2wsx3edc qazwsxedc qazwsx123 zaq12wsx 1qazxsw2 2wsx3edc !qaz2wsx 1qaz@wsx
  123123123 123321123 112233445566 11223344 1122334455 123456123 123456123456 147258369 147852369 159357456 159753456
  741852963 789456123 987654321 9876543210 876543210 123454321 12344321 1234554321 12345679 123456780 123698745
  135792468 13579246 246813579 110110110 119119119 120120120 520131400 5201314520 52013145 woaini520 woaini521
  woaini1314 woaini5201314 5201314a 5201314aa iloveyou iloveyou1 iloveyou520 iloveyou1314 loveyou1314 woaini123
  woaini123456 wodemima wodemima123 woshishui nihao123 nihao123456 nihaoma1 zhongguo zhongguo1 zhongguo123 tiananmen
  beijing2008 shanghai guizhou1 guiyang1 guiyang123 laopo520 laopo1314 baobao520 baobao123 zxcvbnmasd
  88888888a 66666666a 11111111a 00000000a a11111111 a88888888 aaaaaaa1 aaa12345 aaa111222 111222333 111222333444
  aaabbbccc 1a2b3c4d a1b2c3d4 a1b2c3d4e5 abc123abc admin123 admin1234 admin12345 admin123456 administrator adminadmin
  root1234 root123456 test1234 test123456 testtest guest1234 user1234 changeme changeme1 changeme123 welcome1 welcome123
  letmein1 letmein123 default1 huawei123 huawei@123 xiaomi123 tencent123 alibaba123 taobao123 weixin123 wechat123
  tongxing tongxing1 tongxing123 tongxing1234 zhengwu123 shenfenzheng
  princess princess1 sunshine sunshine1 superman superman1 batman123 football football1 baseball baseball1 basketball
  starwars trustno1 whatever computer internet michael1 michelle jennifer jordan23 monkey123 dragon123 master123
  shadow123 charlie1 freedom1 mustang1 corvette maverick midnight mercedes samantha victoria alexander christian
  liverpool chelsea1 arsenal1 manchester barcelona juventus ronaldo7 pokemon1 pokemon123 minecraft fortnite spiderman
  blink182 slipknot metallica nirvana1 butterfly chocolate cupcake1 ilovegod jesus123 blessed1 summer123 winter123
  spring123 autumn123 summer2024 summer2025 winter2024 winter2025 january1 december november september
  19491001 20080808 20120808 20200202 20202020 20240101 20250101 20260101 19900101 19800101 20000101`.split(
    /\s+/,
  ),
);

import Foundation

/// The kernel's logo: a cell's brackets around a curve.
enum KernelLogo {
    static let svg = """
        <svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64">
        <rect x="2" y="2" width="60" height="60" rx="13" fill="#1d3557"/>
        <path d="M20 13h-8v38h8M44 13h8v38h-8" fill="none" stroke="#f1faee" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>
        <path d="M19 42C25 42 26 20 32 20s7 22 13 22" fill="none" stroke="#f4a261" stroke-width="5" stroke-linecap="round"/>
        </svg>

        """

    /// The logo as pixels, by size.
    static let png: [(size: Int, data: Data)] = [(32, decoded(png32)), (64, decoded(png64))]

    private static func decoded(_ base64: String) -> Data { Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data() }

    private static let png32 = """
            iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAMAAABEpIrGAAAA/1BMVEUcNVcRK1D5/vUhOFgAAAD7pmEbN1UdNVXQ29Y8Um0dNVdIS1l4iJe4
            g14ySmhleIqIa1uZp6/Gil4cNVdjWFocNFcAVVWBkp6KmKSqfFzjmWAAAH8DHkggOmClsbgcNVcdNVccOGMAf384RFpTUVpXa4BvYl7h6+MA
            AP8kJEgiM10kSEhXan/d6OD/sGQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABo0SEOAAAAVXRSTlP8/v/+AP8RKv//rP//////
            ////0f9PA/////8C////aosSAv//////AQceB////wAAAAAAAAAAAAAAAAAAAAAA////////////////////////////kuXPhwAAAV9JREFU
            eNp9U4mWgjAMTElatBa5RPBe12vv//+8TVuprsUdnmDeDDMtTYCI5kTve/WAvSJaMQn8o0bXEKHWDTnBnF7gCbRaETC/AUCLO8qXG02vQCnX
            wuHGh7rhCM3PU9e2XX4TnEyeG1vXBJ+8PrwkFlPnbW+Jr9lD8cUYJaXpjDe393xblpdkzP/TXjBde+p47Ncw+isYO3PMpMzQb+JR4N5nnhV+
            obEAYSJlVUk5ARwWiAWTLFqIQQECLmUFUMklDkagmElZCFFIObMWAwKbANBnDKzBJYSM6DuAS0B0GbyPyEFkLsFlZGIgogifiJVFJJgy7w2c
            BWsfBYsfvzs+CLvfKorA8yS0lDicD5EDH3doShTr6LiNb7Ervrq2+74T9C0WHHw9di3nmtZwi23NzcGUbVsa37TU/Nf2Ozs4+sng8PnrOQ/O
            Suknk4daheEd4usdXaf7jUilET7I4RfqNhPofz48nwAAAABJRU5ErkJggg==
            """

    private static let png64 = """
            iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAMAAACdt4HsAAAA/1BMVEUcNVcAAADy++/2o2ESLVIiOFjQ29c9U24dO1kaNFUtRGLj7OTpnGAA
            VVUAAH8cNVdJS1m4g14dNFeadFw2QlhnWlrY4twAPz8cNVd1YlvZlWAWLFcdNVdBVnBoeoze5+E8PHiGalyleV0Af39aVFpVaX99jpscNFcA
            M2YhOFrTkV8AAP8XL08qKlUhNV0kSG0qVVXPj18AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADkc7ATAAAAVXRSTlP+AP///////xEo////AwLR
            //+x/////wRS//8Mi////wT//wL///9pBRb/ASAGJgcG/wAAAAAAAAAAAAAAAAAA////////////////////////////y+5t4AAAArpJREFU
            eNqdl+tiojAQhYNmuKgQCogo2mprt9vu/f1fbkNuhIAwMD8QDHycmYTkhHgm4mvioSK5xu0F0SdvzeEaTkYd/hFvcwH8j+icMYIJdo64DFdB
            lJEZwSqNUIDDmcyMLJQECagzmAsgTBIaQHzIyIJgtQLE3hmWAEjWlJ7wQ0QWRsUfJjyRbCmA/eIKEiOAko0KoEO3U1CZgmmvvAP57qkepO/+
            VsXL8wCBt5e+iNK0ZxzwZjIoV21s+gAYaGc/eA2uIzd0AC9W+0VJ+OSAUN/h8waRwWr1rZ8C0OdtCwjUDZELuICoonkeAMwYoZtL0EQ5Bgic
            V1Me3StK/XGANSj56f5224sTK3ysAqDpac3jlFJYAgCSrlWkHQ14BTsN2C1RADRfm8jtJLAKCvHo15f4KWYr0ALStCcBm4KowCulr24VUACg
            R1V/1RfHVgJSwVPz2BO/pPJsbg0KkcGeTyJ0L3IoZgFUBjJzWY02BxzA1u3kgCuizqCBOTkgAOoZPXwsGlqBrRqcfkDVwH6nzgFfxF7WRScH
            DMAdO2pUYQHu6LXGNQoA/e9Hf1mAAAChvS9Yf9t3ilEAx1NvDlGzy+kGCAX/BmYxM781PTMKuPB6iXxPjmkBIWvXcCcANwnozuR6jp8GBFQM
            GnctaVeZdLqIRZ7f3dVMrnP3PE9R3UjpsCVSDdMDCR64PrXW+3OW96FAfEwPXJpycaOAsuvCHJe2VQ6oC/iLNVnlgMkKPW7z2IALm3Jp2uZx
            q6uNZseFDbs0ZeIsF9cYzdZraxcWBJvhIm5M2FbXSxLWdWH0YVf2Gmpp96ulbv1D2H1+WOj3WRLLLU8SskUAsWkSAG8RITKbLn5Sz84i+yl3
            r3Lbx1HVLBHsQ+9+9c6Vi6jOSAbLqtrsfc3WV/A+o+n4HcZDm2+x//SQYd/5H6S5LuUQruQXAAAAAElFTkSuQmCC
            """
}
